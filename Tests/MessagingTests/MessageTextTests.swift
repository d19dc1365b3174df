import Database
import Localization
import TestSupport
import Testing
import WebRouting

@testable import Messaging

@Suite struct MessageTextTests {
    private let cafe = MessageComposer.Sender(
        organizationID: "o1", name: "Café & Söhne", smsSender: "Cafe", smsMetadata: #"{"gateway": "two"}"#)

    @Test func `every standard text is there in every language, with its placeholders`() {
        let names = { (text: String) in Set(text.matches(of: /\{([a-z_]+)\}/).map { String($0.1) }) }
        for english in StandardText.allTexts {
            for language in Language.allCases where language != .english {
                let translation = Translations.text(of: english, in: language)
                #expect(translation != nil, "\(language) \(english)")
                #expect(names(translation ?? english) == names(english), "\(language) \(english)")
            }
        }
    }

    @Test func `every kind has a text, with what it cannot do without`() throws {
        for kind in MessageKind.all {
            let texts = [StandardText.text(of: kind.name, .email), StandardText.text(of: kind.name, .sms)].compactMap { $0 }
            #expect(!texts.isEmpty, "\(kind.name)")
            for text in texts { #expect(text.placeholders.isSuperset(of: text.required)) }
        }
        #expect(Set(MessageKind.all.map(\.name)).count == MessageKind.all.count)
    }

    @Test(arguments: Engine.available) func `a code is written in the language of the request`(_ engine: Engine) throws {
        try TestDatabase.migrated(engine) { (connection) throws in
            let composer = MessageComposer(frame: EmailFrame())
            let text = { (language: Language) in
                try composer.sms(.smsCode, to: "+393331234567", in: language, of: cafe, ["code": "012345"], over: connection)
            }
            #expect(try text(.english).text == "Café & Söhne verification code: 012345")
            #expect(try text(.italian).text == "Codice di verifica di Café & Söhne: 012345")
            let message = try text(.german)
            #expect(message.text == "Bestätigungscode von Café & Söhne: 012345")
            #expect(message.sender == "Cafe")
            #expect(message.metadata == ["gateway": "two"])
            #expect(message.organizationID == "o1")
            #expect(message.language == .german)
            let own = try composer.sms(
                .smsCode, to: "+393331234567", in: .italian, of: cafe, template: "{code} = {organization}", ["code": "1"], over: connection)
            #expect(own.text == "1 = Café & Söhne")
        }
    }

    @Test(arguments: Engine.available) func `an organization's own text takes the place of the standard one`(_ engine: Engine) throws {
        try TestDatabase.migrated(engine) { (connection) throws in
            let store = MessageTemplateStore(connection)
            let composer = MessageComposer(frame: EmailFrame())
            var template = MessageTemplate(
                organizationID: "o1", kind: "password-reset", channel: .email, language: .french, subject: "Salut {name}",
                body: "Voici: {username}", html: "<b>{name}</b>")
            #expect(template.problems.isEmpty)
            try store.set(template)
            let compose = { (language: Language, sender: MessageComposer.Sender) in
                try composer.email(
                    .passwordReset, to: "a@b.c", in: language, of: sender,
                    ["name": "<Bob>", "username": "{name}", "url": "https://e.org/"], over: connection)
            }
            let own = try compose(.french, cafe)
            #expect(own.subject == "Salut <Bob>")
            // What is put in is not looked through for placeholders.
            #expect(own.text == "Voici: {name}\n\nChoisir un nouveau mot de passe:\nhttps://e.org/\n")
            #expect(own.html?.contains("<b>&lt;Bob&gt;</b>") == true)
            #expect(own.html?.contains("<title>Salut &lt;Bob&gt;</title>") == true)
            #expect(try compose(.english, cafe).subject == "Your new password for Café & Söhne")
            var other = cafe
            other.organizationID = "o2"
            #expect(try compose(.french, other).subject == "Votre nouveau mot de passe pour Café & Söhne")

            template.subject = "Encore"
            try store.set(template)
            #expect(try store.templates(organizationID: "o1") == [template])
            #expect(try store.templates(organizationID: "o2").isEmpty)
            #expect(try store.remove("password-reset", .email, .french, organizationID: "o1"))
            #expect(try !store.remove("password-reset", .email, .french, organizationID: "o1"))
            #expect(try compose(.french, cafe).subject == "Votre nouveau mot de passe pour Café & Söhne")
        }
    }

    @Test(arguments: Engine.available) func `kinds go only the ways they have texts for`(_ engine: Engine) throws {
        try TestDatabase.migrated(engine) { (connection) throws in
            let composer = MessageComposer(frame: EmailFrame())
            #expect(throws: MessageError.empty) { try composer.email(.smsCode, to: "a@b.c", in: .english, of: cafe, [:], over: connection) }
            #expect(throws: MessageError.empty) {
                try composer.sms(.batchFinished, to: "+393331234567", in: .english, of: cafe, [:], over: connection)
            }
        }
    }

    private func problems(_ kind: String, _ channel: MessageChannel, _ subject: String, _ body: String, _ html: String? = nil) -> [String] {
        MessageTemplate(organizationID: "o", kind: kind, channel: channel, language: .english, subject: subject, body: body, html: html)
            .problems.map { $0.text(in: .english) }
    }

    @Test func `templates that would send nonsense are refused`() {
        #expect(problems("sms-code", .sms, "", "{code}").isEmpty)
        #expect(problems("sms-code", .sms, "", "no code") == ["The text must contain {code}."])
        #expect(problems("sms-code", .sms, "", "{code}" + String(repeating: "x", count: 154)).isEmpty)
        #expect(
            problems("sms-code", .sms, "", "{code}" + String(repeating: "x", count: 155)) == [
                "The text must not be longer than 160 characters."
            ])
        #expect(
            problems("sms-code", .sms, "", "{code} {password}") == [
                "The placeholder {password} is unknown; there are {code}, {name}, {organization}, {username}."
            ])
        #expect(problems("sms-code", .email, "s", "{code}") == ["There is no message 'sms-code' by email."])
        #expect(problems("nonsense", .sms, "", "x") == ["There is no message 'nonsense' by sms."])
        #expect(problems("password-reset", .email, "s", "the button is enough").isEmpty)
        #expect(problems("password-reset", .email, " ", "x") == ["The subject and the text must not be empty."])
        #expect(
            problems("credentials", .email, "{password}", "{username} {password}", "<b>{username}</b>") == [
                "The text must contain {password}.", "The subject must not contain {password}.",
            ])
    }
}
