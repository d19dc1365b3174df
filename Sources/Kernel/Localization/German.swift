/// German texts.
let germanTexts: [String: String] = [
    "Not found.": "Nicht gefunden."
]
