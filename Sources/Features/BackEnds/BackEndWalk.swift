import Digests
import RADIUSPipeline

/// Asks back ends one after the other on behalf of one request, until one of them knows the user.
///
/// Answers from memory are taken in place; for any other the request waits without a thread. What is found is kept here and told to the
/// request at the end, as a waiting request may not be changed.
struct BackEndWalk: Sendable {
    enum Goal: Sendable {
        /// Find the user.
        case lookUp
        /// Find the user where that is possible, and check the password.
        case verify(password: [UInt8])
    }

    private let backEnds: BackEnds
    private let goal: Goal
    /// Indices of back ends still to be asked.
    private var candidates: ArraySlice<Int>
    /// The back end whose look-up succeeded, by index, while its verification is due.
    private var found: (index: Int, key: String?)?

    private(set) var external: [ExternalPolicy] = []
    private(set) var selection: BackEndSelection?
    private(set) var isMissing = false
    private(set) var isVerified = false
    private(set) var outcome: Outcome?
    private var notes: [String] = []

    /// Back ends whose look-up the request has heard of already.
    private let heard: Set<String>

    /// - Parameters:
    ///   - candidates: indices of the back ends, in their order.
    ///   - selection: the outcome of a look-up made before.
    init(_ backEnds: BackEnds, _ goal: Goal, candidates: [Int], selection: BackEndSelection? = nil, heard: Set<String> = []) {
        self.heard = heard
        self.backEnds = backEnds
        self.goal = goal
        self.candidates = candidates[...]
        // A look-up has been made before, by the stage in front.
        if let selection, let index = backEnds.index(named: selection.name), candidates.first == index { found = (index, selection.key) }
    }

    /// Walks on. `end` is called with the result on the calling thread or, for a request that had to wait, on another.
    func result(_ request: inout RequestContext, end: @escaping @Sendable (Self, inout RequestContext) -> StageResult) -> StageResult {
        var walk = self
        guard let (index, question) = walk.advance(&request) else { return end(walk, &request) }
        return .suspend { [walk, request] resumption in
            walk.ask(index, question, request) { walk in
                resumption { context in end(walk, &context) }
            }
        }
    }

    private func ask(
        _ index: Int, _ question: GuardedBackEnd.Question, _ request: RequestContext, end: @escaping @Sendable (Self) -> Void
    ) {
        backEnds.list[index].answer(question, request) { result in
            var walk = self
            walk.take(result, from: index, question)
            var request = request
            guard let (next, question) = walk.advance(&request) else { return end(walk) }
            walk.ask(next, question, request, end: end)
        }
    }

    /// Takes the answers that are at hand.
    /// - Returns: the question that has to be asked now; nil at the walk's end.
    private mutating func advance(_ request: inout RequestContext) -> (index: Int, question: GuardedBackEnd.Question)? {
        while outcome == nil, let (index, question) = next() {
            guard let result = backEnds.list[index].immediateAnswer(question, &request) else { return (index, question) }
            take(result, from: index, question)
        }
        return nil
    }

    private func next() -> (Int, GuardedBackEnd.Question)? {
        guard let index = candidates.first else { return nil }
        switch goal {
        case .lookUp: return (index, .lookUp)
        case .verify(let password):
            if let found { return (found.index, .verify(password: password, key: found.key)) }
            let isDirect = !backEnds.list[index].backEnd.looksUp
            return (index, isDirect ? .verify(password: password, key: nil) : .lookUp)
        }
    }

    private mutating func take(_ result: GuardedBackEnd.Result, from index: Int, _ question: GuardedBackEnd.Question) {
        let guarded = backEnds.list[index]
        switch result {
        case .success(.known(let user)):
            var isNews = true
            if case .lookUp = question { isNews = !heard.contains(guarded.name) }
            if isNews, !user.entries.isEmpty || !user.groups.isEmpty {
                external.append(ExternalPolicy(source: guarded.name, entries: user.entries, groups: user.groups))
            }
            takeKnown(user, from: index, question)
        case .success(.unknown):
            notes.append("\(guarded.name) does not know the user")
            found = nil
            candidates = candidates.dropFirst()
        case .success(.refused(let reason)):
            notes.append("\(guarded.name) refuses")
            outcome = .reject(reason)
        case .failure(let failure):
            notes.append("\(guarded.name): \(failure.text)")
            isMissing = true
            found = nil
            candidates = candidates.dropFirst()
            if guarded.settings.failure == .silence { outcome = .timeout }
        }
    }

    private mutating func takeKnown(_ user: BackEndUser, from index: Int, _ question: GuardedBackEnd.Question) {
        let guarded = backEnds.list[index]
        switch (question, goal) {
        case (.verify, _):
            notes.append("\(guarded.name) accepts the password")
            isVerified = true
            candidates = []
        case (.lookUp, _) where !user.isIdentity:
            candidates = candidates.dropFirst()
        case (.lookUp, .verify) where guarded.backEnd.verifies:
            found = (index, user.key)
        case (.lookUp, _):
            notes.append("\(guarded.name) knows the user")
            selection = BackEndSelection(name: guarded.name, key: user.key)
            candidates = []
        }
    }

    func writeNotes(_ context: inout RequestContext) {
        for note in notes { context.note(note) }
    }
}
