import Testing
import WebRouting

@Suite struct PagingTests {
    @Test("a page that nobody can count to begins behind everything", arguments: [(1, 10, 0), (3, 20, 40), (Int.max, 100, Int64.max)])
    func offset(number: Int, size: Int, offset: Int64) {
        #expect(Page(number: number, size: size).offset == offset)
    }
}
