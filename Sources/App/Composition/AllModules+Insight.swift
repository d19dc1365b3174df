import Insight
import NASClients
import RADIUSTransport
import ServerKernel

extension AllModules {
    /// What operators see of the running server. It needs the pipeline, which needs the modules: hence not one of them.
    func insight(_ kernel: Kernel, feed: any DecisionFeed, rehearsal: any LoginRehearsal, counters: RADIUSCounters) -> InsightModule {
        InsightModule(kernel, directory: nasClients.registry, feed: feed, rehearsal: rehearsal) {
            counters.sources().values.reduce(into: [:]) { moments, sources in
                for (key, counts) in sources.clients where counts.lastRequest > 0 {
                    moments[key] = max(moments[key] ?? 0, counts.lastRequest)
                }
            }
        }
    }
}
