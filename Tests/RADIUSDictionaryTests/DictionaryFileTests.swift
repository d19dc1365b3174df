import Foundation
import RADIUSDictionary
import Testing

@Suite struct DictionaryFileTests {
    @Test func includesAreRelativeToTheIncludingFileAndReadOnce() throws {
        let folder = try TemporaryFolder([
            "dictionary": "$INCLUDE sub/first\n$INCLUDE sub/../sub/second\n$INCLUDE- missing\n$-INCLUDE missing\nVALUE B two 2\n",
            "sub/first": "ATTRIBUTE A 1 string\n$INCLUDE second\n",
            "sub/second": "ATTRIBUTE B 2 integer\nVALUE B one 1\n$INCLUDE first\n",
        ])
        let dictionary = try AttributeDictionary.load(folder.path)
        #expect(dictionary.statistics.files == 3)
        #expect(dictionary.statistics.values == 2)
        #expect(dictionary.attribute(named: "b")?.valueName(2) == "two")
    }

    @Test func linkedFileIsReadOnce() throws {
        let folder = try TemporaryFolder(["dictionary": "$INCLUDE a\n$INCLUDE b\n", "a": "ATTRIBUTE A 1 string\n"])
        try FileManager.default.createSymbolicLink(atPath: folder.path + "/b", withDestinationPath: folder.path + "/a")
        #expect(try AttributeDictionary.load(folder.path + "/dictionary").statistics.files == 2)
    }

    @Test func patternsAndFoldersAreIncluded() throws {
        let folder = try TemporaryFolder([
            "dictionary": "$INCLUDE dictionary.*\n$INCLUDE sub/\n", "dictionary.a": "ATTRIBUTE A 1 string\n",
            "dictionary.b": "ATTRIBUTE B 2 string\n", "other.c": "ATTRIBUTE C 3 string\n", "sub/dictionary": "ATTRIBUTE D 4 string\n",
        ])
        let dictionary = try AttributeDictionary.load(folder.path)
        #expect(Set(dictionary.attributes.map(\.name)) == ["A", "B", "D"])
    }

    @Test func vendorScopeDoesNotReachIncludedFiles() throws {
        let folder = try TemporaryFolder([
            "dictionary": "VENDOR V 9\nBEGIN-VENDOR V\n$INCLUDE a\nATTRIBUTE B 1 string\nEND-VENDOR V\n", "a": "ATTRIBUTE A 1 string\n",
        ])
        let dictionary = try AttributeDictionary.load(folder.path)
        #expect(dictionary.attribute(named: "A")?.oid == "1")
        #expect(dictionary.attribute(named: "B")?.oid == "26.9.1")
    }

    @Test func missingFileIsNamedWhereItIsIncluded() throws {
        let folder = try TemporaryFolder(["dictionary": "\n$INCLUDE nothing\n"])
        let path = folder.path
        #expect(failure { try AttributeDictionary.load(path) } == "\(path)/dictionary:2: no such file: \(path)/nothing")
        #expect(failure { try AttributeDictionary.load(path + "/none") } == "\(path)/none: no such file: \(path)/none")
        #expect(failure { try AttributeDictionary.load(path, additional: ["none"]) }?.hasSuffix("nothing") == true)
    }

    @Test func mistakeInAnIncludedFileNamesThatFile() throws {
        let folder = try TemporaryFolder(["dictionary": "\n\n$INCLUDE a\n", "a": "ATTRIBUTE A 1 string\nATTRIBUTE B 2 nonsense\n"])
        let path = folder.path
        #expect(failure { try AttributeDictionary.load(path) } == "\(path)/a:2: unknown type nonsense")
    }

    @Test func fileEverybodyMayWriteIsRefused() throws {
        let folder = try TemporaryFolder(["dictionary": "ATTRIBUTE A 1 string\n"])
        let path = folder.path + "/dictionary"
        try FileManager.default.setAttributes([.posixPermissions: 0o666], ofItemAtPath: path)
        #expect(failure { try AttributeDictionary.load(path) } == "\(path): cannot read \(path): writable by everybody")
    }

    @Test func folderIsNoFile() throws {
        let folder = try TemporaryFolder(["dictionary": "$INCLUDE sub\n", "sub/x": ""])
        let path = folder.path
        #expect(failure { try AttributeDictionary.load(path) } == "\(path)/dictionary:1: cannot read \(path)/sub: not a regular file")
    }

    @Test func additionalFilesReplaceWhatTheTreeHolds() throws {
        let folder = try TemporaryFolder([
            "dictionary": "ATTRIBUTE A 1 integer\nVALUE A one 1\n",
            "site": "ATTRIBUTE B 2 integer\nVALUE A one 3\nVALUE Missing one 1\nATTRIBUTE A 4 string\n",
        ])
        let dictionary = try AttributeDictionary.load(folder.path, additional: ["site"])
        #expect(dictionary.attribute(named: "A")?.oid == "4")
        #expect(dictionary.attribute(named: "B")?.oid == "2")
        #expect(dictionary.warnings.map(\.line) == [2, 4, 3])
    }
}
