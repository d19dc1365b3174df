/// Italian texts.
let italianTexts: [String: String] = [
    "Not found.": "Non trovato."
]
