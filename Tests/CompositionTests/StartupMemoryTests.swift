import Testing

@testable import Composition

@Suite struct StartupMemoryTests {
    @Test("only code from files is given back: data and what is not a file's stays")
    func codeRanges() {
        let maps = """
            55d0a000-55d0f000 r--p 00000000 fe:00 1234                       /usr/bin/radian
            55d0f000-55d1f000 r-xp 00005000 fe:00 1234                       /usr/bin/radian
            55d1f000-55d2f000 rw-p 00015000 fe:00 1234                       /usr/bin/radian
            7f00a000-7f00b000 r-xp 00000000 00:00 0
            7f00c000-7f00d000 rwxp 00000000 fe:00 99                         /usr/lib/odd.so
            7f00d000-7f00e000 r-xp 00000000 fe:00 98                         /usr/lib/with blank.so
            7ffd1000-7ffd3000 r-xp 00000000 00:00 0                          [vdso]
            """
        #expect(StartupMemory.codeRanges(maps) == [0x55d0_f000..<0x55d1_f000, 0x7f00_d000..<0x7f00_e000])
    }

    @Test("the program goes on behind it")
    func release() {
        StartupMemory.release()
        #expect("\([3, 1, 2].sorted())" == "[1, 2, 3]")
    }
}
