import Foundation
import TestSupport

/// OpenLDAP's slapd with a few people, on a loopback port.
public final class Directory {
    private static let program = "/usr/sbin/slapd"
    public static var isInstalled: Bool { FileManager.default.isExecutableFile(atPath: program) }

    private let folder: TemporaryFolder
    public let port: UInt16
    private let process: PeerProcess

    public var url: String { "ldap://127.0.0.1:\(port)" }
    /// The certificate, which is its own authority.
    public var certificate: String { folder.path("server.pem") }

    /// - Parameter port: nil for a free one.
    public init(port: UInt16? = nil) throws {
        folder = try TemporaryFolder()
        self.port = port ?? PeerProcess.freePort()
        let data = folder.path("data")
        try FileManager.default.createDirectory(atPath: data, withIntermediateDirectories: false)
        try PeerProcess.run(
            "/usr/bin/openssl",
            [
                "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost", "-addext",
                "subjectAltName=IP:127.0.0.1,DNS:localhost", "-keyout", folder.path("server.key"), "-out", folder.path("server.pem"),
            ])
        let configuration = try folder.write(
            "slapd.conf",
            """
            include /etc/ldap/schema/core.schema
            include /etc/ldap/schema/cosine.schema
            include /etc/ldap/schema/nis.schema
            include /etc/ldap/schema/inetorgperson.schema
            attributetype ( 1.3.6.1.4.1.99999.1 NAME 'ntPassword' EQUALITY caseIgnoreMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.15 SINGLE-VALUE )
            attributetype ( 1.3.6.1.4.1.99999.2 NAME 'radiusReplyItem' EQUALITY caseIgnoreMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.15 )
            attributetype ( 1.3.6.1.4.1.99999.3 NAME 'radiusCheckItem' EQUALITY caseIgnoreMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.15 )
            objectclass ( 1.3.6.1.4.1.99999.4 NAME 'radiusTest' SUP top AUXILIARY MAY ( ntPassword $ radiusReplyItem $ radiusCheckItem ) )
            pidfile \(folder.path("pid"))
            modulepath /usr/lib/ldap
            moduleload back_mdb
            moduleload memberof
            TLSCertificateFile \(folder.path("server.pem"))
            TLSCertificateKeyFile \(folder.path("server.key"))
            database mdb
            maxsize 10485760
            suffix "dc=example,dc=org"
            rootdn "cn=admin,dc=example,dc=org"
            rootpw adminpw
            directory \(data)
            overlay memberof
            access to attrs=userPassword,ntPassword by dn.exact="cn=reader,dc=example,dc=org" read by anonymous auth by * none
            access to * by dn.exact="cn=reader,dc=example,dc=org" read by * none
            """)
        let people = try folder.write("people.ldif", Self.people)
        process = try PeerProcess(
            Self.program, ["-f", configuration, "-h", "ldap://127.0.0.1:\(self.port)", "-d", "0"],
            log: folder.url.appendingPathComponent("log"))
        // The memberOf overlay works on changes, not on what slapadd loads.
        let isReady = waitUntil {
            !process.isRunning
                || (try? PeerProcess.run(
                    "/usr/bin/ldapadd", ["-x", "-H", url, "-D", "cn=admin,dc=example,dc=org", "-w", "adminpw", "-f", people])) != nil
        }
        guard isReady, process.isRunning else { throw PeerProcess.Failed(description: "slapd: \(process.output)") }
    }

    public func stop() { process.stop() }

    private static let people = """
        dn: dc=example,dc=org
        objectClass: dcObject
        objectClass: organization
        o: example
        dc: example

        dn: cn=reader,dc=example,dc=org
        objectClass: organizationalRole
        objectClass: simpleSecurityObject
        cn: reader
        userPassword: readerpw

        dn: ou=people,dc=example,dc=org
        objectClass: organizationalUnit
        ou: people

        dn: uid=alice,ou=people,dc=example,dc=org
        objectClass: inetOrgPerson
        objectClass: radiusTest
        uid: alice
        cn: Alice
        sn: A
        description: Alice's desk
        telephoneNumber: 3600
        userPassword: {SSHA}2D7DXcHaxkWxjlTTFhTzbi4Z/sdhYmNk
        ntPassword: 8846F7EAEE8FB117AD06BDD830B7586C
        radiusReplyItem: Filter-Id += "first"
        radiusReplyItem: Reply-Message:="hello"
        radiusCheckItem: Simultaneous-Use := 3

        dn: uid=bob,ou=people,dc=example,dc=org
        objectClass: inetOrgPerson
        uid: bob
        cn: Bob
        sn: B
        userPassword: bobpw

        dn: uid=star*(x),ou=people,dc=example,dc=org
        objectClass: inetOrgPerson
        uid: star*(x)
        cn: Star
        sn: S
        userPassword: {SASL}elsewhere

        dn: ou=groups,dc=example,dc=org
        objectClass: organizationalUnit
        ou: groups

        dn: cn=staff,ou=groups,dc=example,dc=org
        objectClass: groupOfNames
        cn: staff
        member: uid=alice,ou=people,dc=example,dc=org

        dn: cn=printers,ou=groups,dc=example,dc=org
        objectClass: posixGroup
        cn: printers
        gidNumber: 1
        memberUid: alice
        memberUid: bob
        """
}
