// swift-tools-version:6.2
import PackageDescription

let strict: [SwiftSetting] =
    [
        .swiftLanguageMode(.v6),
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("MemberImportVisibility"),
        .enableUpcomingFeature("InternalImportsByDefault"),
    ] + (Context.environment["CI"] == nil ? [] : [.treatAllWarnings(as: .error)])

// Products of other packages.
let logging: Target.Dependency = .product(name: "Logging", package: "swift-log")
let inMemoryLogging: Target.Dependency = .product(name: "InMemoryLogging", package: "swift-log")
let concurrencyHelpers: Target.Dependency = .product(name: "NIOConcurrencyHelpers", package: "swift-nio")
let nioCore: Target.Dependency = .product(name: "NIOCore", package: "swift-nio")
let nio: [Target.Dependency] = [nioCore, .product(name: "NIOPosix", package: "swift-nio")]
let lifecycle: Target.Dependency = .product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let lifecycleTestKit: Target.Dependency = .product(name: "ServiceLifecycleTestKit", package: "swift-service-lifecycle")
let unixSignals: Target.Dependency = .product(name: "UnixSignals", package: "swift-service-lifecycle")
let yams: Target.Dependency = .product(name: "Yams", package: "Yams")
let hummingbird: [Target.Dependency] = [
    .product(name: "Hummingbird", package: "hummingbird"), .product(name: "HummingbirdCore", package: "hummingbird"),
    .product(name: "HummingbirdHTTP2", package: "hummingbird"),
]
let nioHTTP: [Target.Dependency] = [
    .product(name: "NIOHTTP1", package: "swift-nio"), .product(name: "NIOWebSocket", package: "swift-nio"),
    .product(name: "NIOTLS", package: "swift-nio"), .product(name: "NIOHTTPTypes", package: "swift-nio-extras"),
    .product(name: "NIOHTTPTypesHTTP1", package: "swift-nio-extras"),
]
let tls: Target.Dependency = .product(name: "NIOSSL", package: "swift-nio-ssl")
let httpTypes: Target.Dependency = .product(name: "HTTPTypes", package: "swift-http-types")
let mustache: Target.Dependency = .product(name: "Mustache", package: "swift-mustache")
let argumentParser: Target.Dependency = .product(name: "ArgumentParser", package: "swift-argument-parser")

/// A ring of the layout: `Sources/<ring>/<name>`. Imports go inwards only: System ← Protocol ← Kernel / RADIUS ← Features ← App.
func module(_ name: String, in ring: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .target(
        name: name, dependencies: dependencies, path: "Sources/\(ring)/\(name)", exclude: ring == "Features" ? ["README.md"] : [],
        swiftSettings: strict)
}

func tests(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .testTarget(name: "\(name)Tests", dependencies: dependencies, path: "Tests/\(name)Tests", swiftSettings: strict)
}

let package = Package(
    name: "Radian",
    products: [
        .executable(name: "radian", targets: ["radian"]),
        .library(name: "RADIUSDictionary", targets: ["RADIUSDictionary"]),
        .library(name: "RADIUSWire", targets: ["RADIUSWire"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-nio.git", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl.git", from: "2.37.6"),
        .package(url: "https://github.com/apple/swift-nio-extras.git", from: "1.35.2"),
        .package(url: "https://github.com/apple/swift-log.git", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-http-types.git", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-argument-parser.git", from: "1.8.2"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle.git", from: "2.13.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird.git", from: "2.28.1"),
        .package(url: "https://github.com/jpsim/Yams.git", from: "6.2.2"),
        .package(url: "https://github.com/hummingbird-project/swift-mustache.git", from: "2.1.1"),
    ],
    targets: [
        // System: module maps and shims in C.
        .systemLibrary(
            name: "COpenSSL", path: "Sources/System/COpenSSL", pkgConfig: "openssl", providers: [.apt(["libssl-dev"])]),
        .systemLibrary(name: "CSQLite", path: "Sources/System/CSQLite", pkgConfig: "sqlite3", providers: [.apt(["libsqlite3-dev"])]),
        .systemLibrary(name: "CPostgres", path: "Sources/System/CPostgres", pkgConfig: "libpq", providers: [.apt(["libpq-dev"])]),
        .systemLibrary(
            name: "CArgon2", path: "Sources/System/CArgon2", pkgConfig: "libargon2", providers: [.apt(["libargon2-dev"])]),
        .systemLibrary(name: "CCrypt", path: "Sources/System/CCrypt", pkgConfig: "libcrypt", providers: [.apt(["libcrypt-dev"])]),
        .systemLibrary(name: "CLDAP", path: "Sources/System/CLDAP", pkgConfig: "ldap", providers: [.apt(["libldap-dev"])]),
        .systemLibrary(name: "CSASL", path: "Sources/System/CSASL", pkgConfig: "libsasl2", providers: [.apt(["libsasl2-dev"])]),
        .systemLibrary(name: "CPcap", path: "Sources/System/CPcap", pkgConfig: "libpcap", providers: [.apt(["libpcap-dev"])]),
        .systemLibrary(
            name: "CCurl", path: "Sources/System/CCurl", pkgConfig: "libcurl", providers: [.apt(["libcurl4-openssl-dev"])]),
        .systemLibrary(
            name: "CQREncode", path: "Sources/System/CQREncode", pkgConfig: "libqrencode", providers: [.apt(["libqrencode-dev"])]),
        .systemLibrary(name: "CExpat", path: "Sources/System/CExpat", pkgConfig: "expat", providers: [.apt(["libexpat1-dev"])]),
        .systemLibrary(name: "CZlib", path: "Sources/System/CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        .target(name: "CMimalloc", dependencies: ["COpenSSL"], path: "Sources/System/CMimalloc"),
        .target(name: "CKeyDecoders", dependencies: ["COpenSSL"], path: "Sources/System/CKeyDecoders"),
        .target(name: "CUDP", path: "Sources/System/CUDP"),
        .target(name: "CPango", path: "Sources/System/CPango"),
        .target(name: "CResolver", path: "Sources/System/CResolver", linkerSettings: [.linkedLibrary("resolv")]),

        // Protocol: bytes in, values out.
        module("Digests", in: "Protocol", ["COpenSSL", "CArgon2", "CCrypt"]),
        module("RADIUSDictionary", in: "Protocol"),
        module("RADIUSWire", in: "Protocol", ["RADIUSDictionary", "Digests"]),
        module("Documents", in: "Protocol"),
        module("CredentialSheets", in: "Protocol", ["CPango", "CQREncode"]),
        module("TLSEngine", in: "Protocol", ["COpenSSL", "CKeyDecoders", "Digests", concurrencyHelpers]),
        module("FreeRADIUSFiles", in: "Protocol"),
        module("EAP", in: "Protocol", ["TLSEngine", "COpenSSL", "Digests", concurrencyHelpers]),
        .target(
            name: "TopologyFormats", dependencies: ["CExpat"], path: "Sources/Protocol/TopologyFormats", exclude: ["README.md"],
            swiftSettings: strict),

        // Kernel: what every feature stands on.
        module("Database", in: "Kernel", [concurrencyHelpers]),
        module("DatabaseSQLite", in: "Kernel", ["Database", "CSQLite"]),
        module("DatabasePostgres", in: "Kernel", ["Database", "CPostgres"]),
        module("Localization", in: "Kernel"),
        module("WebRouting", in: "Kernel", ["Localization", httpTypes, logging, nioCore, concurrencyHelpers]),
        module(
            "WebServer", in: "Kernel",
            ["WebRouting", "CZlib", httpTypes, logging, lifecycle, concurrencyHelpers, tls] + hummingbird + nio + nioHTTP),
        module("ServerKernel", in: "Kernel", ["Database", "WebRouting", logging, lifecycle, concurrencyHelpers, yams] + nio),

        // RADIUS: from socket to decision.
        module(
            "RADIUSTransport", in: "RADIUS",
            ["RADIUSWire", "RADIUSDictionary", "TLSEngine", "Digests", "CUDP", logging, concurrencyHelpers] + nio),
        module(
            "RADIUSPipeline", in: "RADIUS",
            [
                "EAP", "TLSEngine", "ServicePlans", "RADIUSTransport", "RADIUSWire", "RADIUSDictionary", "Digests", logging,
                concurrencyHelpers,
            ]),
        module("ServicePlans", in: "RADIUS", ["RADIUSDictionary", "RADIUSWire"]),
        module("DynamicAuthorization", in: "RADIUS", ["RADIUSTransport", "ServicePlans", "RADIUSWire", "RADIUSDictionary"]),
        module(
            "RADIUSProxy", in: "RADIUS",
            [
                "RADIUSPipeline", "RADIUSTransport", "RADIUSWire", "RADIUSDictionary", "Digests", "CResolver", logging, concurrencyHelpers,
            ]),
        module("RADIUSClient", in: "RADIUS", ["RADIUSWire", "RADIUSDictionary", "Digests", "CUDP", concurrencyHelpers]),

        module("CaptiveDialects", in: "RADIUS", ["Digests"]),
        module("RADIUSCapture", in: "RADIUS", ["RADIUSTransport", "RADIUSWire", "RADIUSDictionary", "CPcap", concurrencyHelpers]),

        // Features: vertical slices.
        module(
            "Accounts", in: "Features",
            ["ServerKernel", "WebRouting", "Localization", "Database", "Digests", logging, concurrencyHelpers, httpTypes]),
        module(
            "OrganizationSettings", in: "Features",
            ["Accounts", "ServerKernel", "Database", "WebRouting", "Localization", httpTypes, concurrencyHelpers]),
        module(
            "FreeRADIUSAPI", in: "Features",
            [
                "Accounts", "OrganizationSettings", "AccessPolicy", "Sessions", "NASClients", "ServerKernel", "Database", "WebRouting",
                "Localization", "RADIUSPipeline", "Digests", httpTypes, concurrencyHelpers,
            ]),
        module("Audit", in: "Features", ["Accounts", "ServerKernel", "Database", "WebRouting", httpTypes]),
        module(
            "UserTimeline", in: "Features",
            [
                "AccessPolicy", "Accounts", "ServerKernel", "Database", "WebRouting", "Localization", "RADIUSPipeline", httpTypes,
            ]),
        module(
            "Insight", in: "Features",
            [
                "Sessions", "ServerKernel", "Database", "WebRouting", "Localization", "RADIUSPipeline", "RADIUSTransport", "RADIUSWire",
                "RADIUSDictionary", httpTypes, concurrencyHelpers,
            ]),
        module(
            "Topology", in: "Features",
            [
                "Accounts", "TopologyFormats", "ServerKernel", "Database", "WebRouting", "Localization", "CCurl", httpTypes, logging,
                lifecycle, nioCore, concurrencyHelpers,
            ]),
        module("Console", in: "Features", ["ServerKernel", "WebRouting", "Digests", "CZlib", httpTypes, concurrencyHelpers]),
        module(
            "Messaging", in: "Features",
            [
                "ServerKernel", "Database", "WebRouting", "Localization", "Digests", "CCurl", httpTypes, logging, lifecycle,
                concurrencyHelpers,
            ] + nio),
        module(
            "NASClients", in: "Features",
            [
                "Accounts", "CaptiveDialects", "ServerKernel", "Database", "WebRouting", "Localization", "RADIUSTransport", "RADIUSWire",
                httpTypes, logging, concurrencyHelpers,
            ]),
        module(
            "Sessions", in: "Features",
            [
                "WebRouting", "Localization", httpTypes, "NASClients", "ServerKernel", "ServicePlans", "Database", "RADIUSPipeline",
                "Digests", logging, lifecycle, concurrencyHelpers,
            ] + nio),
        module(
            "SessionActions", in: "Features",
            [
                "Accounts", "NASClients", "Sessions", "ServerKernel", "Database", "DynamicAuthorization", "ServicePlans", "RADIUSPipeline",
                "RADIUSTransport", "RADIUSWire", "RADIUSDictionary", "Localization", "WebRouting", logging, lifecycle, concurrencyHelpers,
                httpTypes,
            ]),
        module(
            "AddressPools", in: "Features",
            ["Accounts", "ServerKernel", "Database", "WebRouting", "RADIUSPipeline", "RADIUSTransport", concurrencyHelpers]),
        module(
            "AccessPolicy", in: "Features",
            [
                "ServicePlans", "NASClients", logging, lifecycle, "Accounts", "Sessions", "ServerKernel", "Database", "RADIUSPipeline",
                "RADIUSWire", "RADIUSDictionary", "Digests", "WebRouting", "Localization", httpTypes,
                "Documents", concurrencyHelpers,
            ]),

        module(
            "Registration", in: "Features",
            [
                "Accounts", "OrganizationSettings", "Messaging", "AccessPolicy", "Sessions", "ServerKernel", "Database", "WebRouting",
                "Localization", "RADIUSPipeline", "Digests", httpTypes, logging, lifecycle, concurrencyHelpers,
            ]),

        module(
            "Batches", in: "Features",
            [
                "AccessPolicy", "Accounts", "OrganizationSettings", "CredentialSheets", "Documents", "Digests", "ServerKernel", "Database",
                "WebRouting",
                "Localization", httpTypes, logging, lifecycle,
            ]),
        module(
            "CaptivePortal", in: "Features",
            [
                "Registration", "Accounts", "OrganizationSettings", "AccessPolicy", "Sessions", "CaptiveDialects", "ServerKernel",
                "Database", "RADIUSTransport", "RADIUSWire", "RADIUSDictionary",
                "WebRouting", "Localization", "RADIUSPipeline", "Digests", mustache, httpTypes, logging, concurrencyHelpers,
            ]),
        module(
            "FreeRADIUSImport", in: "Features",
            ["NASClients", "Proxying", "FreeRADIUSFiles", "Database", "RADIUSPipeline", "RADIUSTransport", "RADIUSDictionary"]),
        module(
            "MigrationSources", in: "Features",
            [
                "Accounts", "OrganizationSettings", "AccessPolicy", "Database", "Documents", "Digests", "Localization", "RADIUSTransport",
                "RADIUSWire",
                yams,
            ]),
        module(
            "BackEnds", in: "Features",
            [
                "ServerKernel", "Database", "RADIUSPipeline", "RADIUSTransport", "RADIUSWire", "RADIUSDictionary", "Digests",
                "FreeRADIUSFiles", "CLDAP", "CSASL", "COpenSSL", logging, lifecycle, concurrencyHelpers,
            ]),

        module(
            "Proxying", in: "Features",
            [
                "Accounts", "WebRouting", "ServerKernel", "Database", "RADIUSProxy", "RADIUSPipeline", "RADIUSTransport", "RADIUSWire",
                "FreeRADIUSFiles", "Digests", logging, lifecycle, concurrencyHelpers,
            ]),

        // App: the only place that names engines and servers.
        module(
            "Composition", in: "App",
            [
                "AddressPools", "ServicePlans", "OrganizationSettings", "FreeRADIUSAPI", "Messaging", "Registration", "CaptivePortal",
                "CaptiveDialects", "Batches", "Console", "Audit", "Insight", "Topology", "UserTimeline",
                "RADIUSCapture",
                "SessionActions", "DynamicAuthorization",
                "BackEnds", "FreeRADIUSFiles",
                "Accounts", "NASClients", "Sessions", "AccessPolicy", "ServerKernel", "Database", "DatabaseSQLite", "DatabasePostgres",
                "Localization", "WebRouting", "WebServer", "EAP", "TLSEngine", "RADIUSTransport", "RADIUSPipeline", "RADIUSWire",
                "RADIUSDictionary",
                logging,
                lifecycle,
                "Proxying", "RADIUSProxy", "RADIUSClient", unixSignals, concurrencyHelpers, httpTypes,
            ]),
        .executableTarget(
            name: "radian",
            dependencies: [
                "AddressPools", "Batches", "OrganizationSettings", "Messaging", "Registration", "Localization", "Topology",
                "RADIUSCapture", "FreeRADIUSImport", "MigrationSources",
                "SessionActions", "DynamicAuthorization", "ServicePlans",
                "BackEnds",
                "Composition", "Accounts", "NASClients", "Sessions", "AccessPolicy", "ServerKernel", "Database", "RADIUSClient",
                "TLSEngine", "RADIUSTransport", "RADIUSPipeline", "RADIUSWire", "RADIUSDictionary", "Documents", logging, argumentParser,
                "Proxying", "RADIUSProxy", "FreeRADIUSFiles", "Digests", "WebRouting", concurrencyHelpers,
                "TopologyFormats", "CMimalloc",
            ],
            path: "Sources/App/radian", swiftSettings: strict),

        // Tests mirror the sources.
        .target(
            name: "TestSupport", dependencies: ["Database", "DatabaseSQLite", "DatabasePostgres"], path: "Tests/Support",
            swiftSettings: strict),
        .target(
            name: "TestPeers", dependencies: ["TestSupport", concurrencyHelpers], path: "Tests/Peers", swiftSettings: strict),
        .target(name: "TestCards", dependencies: ["EAP", "Digests"], path: "Tests/Cards", swiftSettings: strict),
        .target(
            name: "WebTestSupport", dependencies: ["WebRouting", logging, httpTypes], path: "Tests/WebSupport", swiftSettings: strict),
        tests(
            "WebRouting", ["WebRouting", "WebTestSupport", "Localization", logging, inMemoryLogging, concurrencyHelpers, httpTypes, yams]),
        tests(
            "WebServer",
            [
                "WebServer", "WebRouting", "WebTestSupport", httpTypes, logging, lifecycle, lifecycleTestKit, concurrencyHelpers, tls,
                .product(name: "NIOWebSocket", package: "swift-nio"),
            ] + nio),
        tests("Digests", ["Digests", "COpenSSL"]),
        tests("RADIUSDictionary", ["RADIUSDictionary"]),
        tests("RADIUSWire", ["RADIUSWire", "RADIUSDictionary", "Digests"]),
        tests("TLSEngine", ["TLSEngine", "COpenSSL", "Digests", concurrencyHelpers]),
        tests("EAP", ["EAP", "TestCards", "TLSEngine", "RADIUSWire", "RADIUSDictionary", "Digests", "COpenSSL"]),
        tests(
            "RADIUSTransport",
            [
                "RADIUSTransport", "RADIUSWire", "RADIUSDictionary", "TLSEngine", "Digests", "CUDP", "TestSupport", logging,
                concurrencyHelpers,
            ] + nio),
        tests(
            "RADIUSPipeline",
            ["RADIUSPipeline", "EAP", "RADIUSTransport", "RADIUSWire", "RADIUSDictionary", "Digests", logging, concurrencyHelpers]),
        tests("ServicePlans", ["ServicePlans", "RADIUSDictionary", "RADIUSWire"]),
        tests(
            "DynamicAuthorization",
            ["DynamicAuthorization", "RADIUSTransport", "ServicePlans", "RADIUSWire", "RADIUSDictionary", concurrencyHelpers]),
        tests(
            "RADIUSProxy",
            [
                "RADIUSProxy", "RADIUSPipeline", "RADIUSTransport", "RADIUSWire", "RADIUSDictionary", "RADIUSClient", "Digests",
                "TestSupport", logging, concurrencyHelpers,
            ]),
        tests("CaptiveDialects", ["CaptiveDialects", "Digests", "COpenSSL"]),
        tests("RADIUSCapture", ["RADIUSCapture", "RADIUSTransport", "RADIUSWire", "RADIUSDictionary"]),
        tests("RADIUSClient", ["RADIUSClient", "RADIUSWire", "RADIUSDictionary", "Digests", "CUDP", concurrencyHelpers]),
        tests(
            "EndToEnd",
            [
                "radian", "Composition", "RADIUSClient", "RADIUSWire", "RADIUSDictionary", "Database", "DatabasePostgres", "DatabaseSQLite",
                "Digests", "TestSupport", "TestCards", "TestPeers", "BackEnds", "RADIUSPipeline",
            ]),
        tests(
            "ServerKernel",
            [
                "ServerKernel", "Database", "WebRouting", "TestSupport", inMemoryLogging, logging, lifecycle, lifecycleTestKit,
                concurrencyHelpers, httpTypes,
            ]),
        tests(
            "FreeRADIUSAPI",
            [
                "FreeRADIUSAPI", "OrganizationSettings", "Accounts", "AccessPolicy", "Sessions", "Composition", "Database", "ServerKernel",
                "WebRouting", "Localization", "RADIUSPipeline", "TestSupport", httpTypes, logging, concurrencyHelpers,
            ]),
        tests(
            "OrganizationSettings",
            ["OrganizationSettings", "Accounts", "Database", "ServerKernel", "WebRouting", "TestSupport", httpTypes]),
        tests(
            "Accounts",
            [
                "Accounts", "ServerKernel", "WebRouting", "Localization", "Database", "Digests", "TestSupport", logging, concurrencyHelpers,
                httpTypes,
            ]),
        tests(
            "Insight",
            [
                "Insight", "Accounts", "NASClients", "Sessions", "ServerKernel", "Database", "RADIUSPipeline", "RADIUSTransport",
                "RADIUSWire",
                "RADIUSDictionary", "TestSupport", "WebRouting", "WebTestSupport", httpTypes, logging, concurrencyHelpers,
            ]),
        tests("Console", ["Console", "WebRouting", "WebTestSupport", httpTypes, concurrencyHelpers]),
        tests(
            "Topology",
            [
                "Topology", "TopologyFormats", "Accounts", "OrganizationSettings", "ServerKernel", "Database", "WebRouting", "WebServer",
                "WebTestSupport", "TestSupport", "TestPeers", httpTypes, logging, lifecycle, lifecycleTestKit, nioCore,
                concurrencyHelpers,
            ]),
        tests(
            "Portal",
            [
                "radian", "CaptiveDialects", "RADIUSClient", "RADIUSWire", "RADIUSDictionary", "Digests", "COpenSSL", "TestSupport",
                "TestPeers", concurrencyHelpers,
            ]),
        tests(
            "Messaging",
            [
                "Messaging", "ServerKernel", "Database", "WebRouting", "Localization", "Digests", "TestSupport", "TestPeers", httpTypes,
                logging, lifecycle, lifecycleTestKit, concurrencyHelpers,
            ] + nio),
        tests(
            "NASClients",
            ["NASClients", "Accounts", "Database", "RADIUSTransport", "RADIUSWire", "TestSupport", "WebRouting", inMemoryLogging, logging]),
        tests(
            "Sessions",
            [
                "Sessions", "Accounts", "NASClients", "ServerKernel", "Database", "RADIUSPipeline", "TestSupport", inMemoryLogging,
                logging, concurrencyHelpers, "WebRouting", "WebTestSupport", httpTypes,
            ] + nio),
        tests(
            "SessionActions",
            [
                "SessionActions", "AccessPolicy", "Accounts", "NASClients", "Sessions", "ServerKernel", "Database", "DynamicAuthorization",
                "ServicePlans", "RADIUSPipeline", "RADIUSTransport", "RADIUSWire", "RADIUSDictionary", "CUDP", "TestSupport",
                inMemoryLogging, logging, lifecycle, lifecycleTestKit, concurrencyHelpers, "WebRouting", "WebTestSupport", httpTypes,
            ]),
        tests(
            "AccessPolicy",
            [
                "AccessPolicy", "Accounts", "Composition", "Database", "Digests", "Documents", "NASClients", "RADIUSDictionary",
                "RADIUSPipeline", "RADIUSTransport", "ServerKernel", "Sessions", "TestSupport", logging, "ServicePlans", lifecycle,
                concurrencyHelpers, "WebTestSupport", "WebRouting", httpTypes,
            ]),
        tests(
            "Batches",
            [
                "Batches", "AccessPolicy", "Sessions", "Accounts", "OrganizationSettings", "Database", "Digests", "Documents",
                "Localization",
                "ServerKernel",
                "TestSupport", "WebRouting", "WebTestSupport", httpTypes, logging, lifecycle, concurrencyHelpers,
            ]),
        tests(
            "BackEnds",
            [
                "BackEnds", "Accounts", "Database", "Digests", "FreeRADIUSFiles", "RADIUSDictionary", "RADIUSPipeline", "RADIUSTransport",
                "RADIUSWire", "ServerKernel", "TestSupport", "TestPeers", logging, concurrencyHelpers,
            ]),
        tests(
            "Proxying",
            [
                "Proxying", "Accounts", "WebRouting", "ServerKernel", "Database", "RADIUSProxy", "RADIUSPipeline", "RADIUSTransport",
                "RADIUSWire", "RADIUSDictionary", "FreeRADIUSFiles", "TestSupport", logging, lifecycle, lifecycleTestKit,
                concurrencyHelpers,
            ]),
        tests(
            "Composition",
            [
                "Messaging", "Batches", "Digests", "Localization", "AccessPolicy",
                "Accounts", "Database", "NASClients", "RADIUSCapture", "RADIUSDictionary", "RADIUSPipeline", "Sessions", "TestSupport",
                "Composition", "BackEnds", logging, "RADIUSTransport", "RADIUSWire", "RADIUSClient", "ServerKernel", "TLSEngine",
                "WebRouting",
                "WebServer", "WebTestSupport", "OrganizationSettings", "FreeRADIUSAPI", httpTypes,
            ]),
        tests(
            "AddressPools",
            ["AddressPools", "Accounts", "Database", "WebRouting", "RADIUSPipeline", "ServerKernel", "TestSupport", concurrencyHelpers]),
        tests(
            "FreeRADIUSImport",
            [
                "FreeRADIUSImport", "FreeRADIUSFiles", "Proxying", "AccessPolicy", "Accounts", "NASClients", "Sessions", "Database",
                "RADIUSDictionary",
                "RADIUSPipeline", "RADIUSTransport", "RADIUSWire", "TestSupport",
            ]),
        tests(
            "Registration",
            [
                "Registration", "Accounts", "OrganizationSettings", "Messaging", "AccessPolicy", "NASClients", "Sessions", "ServerKernel",
                "Database", "WebRouting", "WebTestSupport", "Localization", "RADIUSPipeline", "TestSupport", httpTypes, logging,
                concurrencyHelpers,
            ]),
        tests(
            "MigrationSources",
            [
                "MigrationSources", "Batches", "Accounts", "OrganizationSettings", "AccessPolicy", "NASClients", "Sessions", "Documents",
                "Database",
                "DatabaseSQLite", "DatabasePostgres", "Digests", "RADIUSDictionary", "RADIUSPipeline", "RADIUSTransport", "RADIUSWire",
                "ServerKernel", "TestSupport", "WebRouting",
            ]),
        tests(
            "CaptivePortal",
            [
                "CaptivePortal", "Registration", "Accounts", "OrganizationSettings", "Messaging", "AccessPolicy", "NASClients", "Sessions",
                "CaptiveDialects", "ServerKernel", "Database", "WebRouting", "WebTestSupport", "Localization", "RADIUSPipeline", "Digests",
                "TestSupport", httpTypes, logging, concurrencyHelpers,
            ]),
        tests("Documents", ["Documents"]),
        tests("TopologyFormats", ["TopologyFormats"]),
        tests("CredentialSheets", ["CredentialSheets"]),
        tests("FreeRADIUSFiles", ["FreeRADIUSFiles"]),
        tests(
            "CommandLine",
            [
                "radian", "Database", "DatabaseSQLite", "RADIUSCapture", "RADIUSClient", "RADIUSTransport", "RADIUSWire", "ServicePlans",
                "TestSupport", argumentParser,
            ]),
        tests("Database", ["Database", "DatabaseSQLite", "DatabasePostgres", "TestSupport"]),
    ]
)
