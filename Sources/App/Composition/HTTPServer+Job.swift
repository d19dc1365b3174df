import ServerKernel
import WebServer

extension HTTPServer {
    /// Looks for a new certificate.
    var certificateJob: Job {
        Job("http.certificate", every: .seconds(10)) { try reloadCertificate() }
    }
}
