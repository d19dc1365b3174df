/// Spanish texts.
let spanishTexts: [String: String] = [
    "Not found.": "No encontrado."
]
