/// French texts.
let frenchTexts: [String: String] = [
    "Not found.": "Pas trouvé."
]
