"""Guide words: what a client is told about signing, in both languages; `{sender}` and the like are filled in later."""

from __future__ import annotations

from dataclasses import dataclass

from jesignd.errors import Words


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and its points."""

    heading: Words
    points: tuple[Words, ...]


TITLE = Words("Signer sur votre téléphone, en deux minutes", "Sign on your phone, in two minutes")
INTRODUCTION = Words(
    "{firm} vous envoie certains documents à signer par voie électronique. Rien à installer, aucun compte à créer, "
    "rien à payer : un téléphone, une tablette ou un ordinateur suffit.",
    "{firm} sends you some documents to be signed electronically. Nothing to install, no account to open, nothing to "
    "pay: a phone, a tablet or a computer will do.",
)

STEPS: tuple[Section, ...] = (
    Section(
        Words("Ouvrez notre courriel", "Open our email"),
        (
            Words(
                "Il vient de {sender}. Il dit quel document vous attend, et qui, au cabinet, vous le demande.",
                "It comes from {sender}. It says which document awaits you, and who in the firm asks for it.",
            ),
        ),
    ),
    Section(
        Words("Lisez le document", "Read the document"),
        (
            Words(
                "Touchez le bouton du courriel : le document s’ouvre en entier. Prenez le temps de le lire.",
                "Touch the button in the email: the whole document opens. Take the time to read it.",
            ),
        ),
    ),
    Section(
        Words("Donnez votre accord", "Give your consent"),
        (
            Words(
                "Cochez la phrase d’accord et demandez votre code : six chiffres, par courriel ou par SMS.",
                "Tick the sentence of consent and ask for your code: six digits, by email or text message.",
            ),
        ),
    ),
    Section(
        Words("Saisissez le code", "Type the code"),
        (
            Words(
                "C’est signé. Quand tout le monde a signé, vous recevez un lien pour garder votre exemplaire.",
                "It is signed. Once everybody has signed, you receive a link to keep your copy.",
            ),
        ),
    ),
)

SPAM = Section(
    Words("Le courriel n’arrive pas ?", "No email in sight?"),
    (
        Words(
            "Regardez dans « Courrier indésirable » ou « Spam », et dans l’onglet « Promotions ».",
            "Look into “Junk” or “Spam”, and under the “Promotions” tab.",
        ),
        Words(
            "S’il y est, choisissez « Ce n’est pas un indésirable ».",
            "If it is there, choose “Not spam”.",
        ),
        Words(
            "Ajoutez {sender} à vos contacts : les suivants arriveront bien.",
            "Add {sender} to your contacts: the next ones will arrive.",
        ),
        Words(
            "Toujours rien après une heure ? Appelez-nous : l’adresse que nous avons est peut-être fausse.",
            "Still nothing after an hour? Call us: we may have a wrong address.",
        ),
    ),
)

NEVER = Section(
    Words("Ce que nous ne ferons jamais", "What we shall never do"),
    (
        Words(
            "Vous demander un mot de passe, un numéro de carte ou vos coordonnées bancaires.",
            "Ask you for a password, a card number or your bank details.",
        ),
        Words(
            "Vous demander votre code au téléphone ou en réponse à un courriel : il ne se saisit que sur la page.",
            "Ask for your code by phone or in reply to an email: it is only ever typed on the page.",
        ),
        Words("Vous faire installer un logiciel.", "Have you install a program."),
        Words(
            "Vous presser : si un message menace ou vient d’une autre adresse, ne touchez à rien et appelez-nous.",
            "Rush you: if a message threatens or comes from another address, touch nothing and call us.",
        ),
    ),
)

DOUBT = Section(
    Words("Un doute, une question ?", "A doubt, a question?"),
    (
        Words("Appelez {contact} au {phone}.", "Call {contact} on {phone}."),
        Words(
            "Prenez le numéro sur ce guide ou sur une facture, jamais dans le message qui vous inquiète.",
            "Take the number from this guide or from an invoice, never from the message that worries you.",
        ),
    ),
)

GOOD_TO_KNOW = Section(
    Words("Bon à savoir", "Good to know"),
    (
        Words(
            "Pas d’accord ? « Refuser » arrête tout et nous prévient ; rien n’est signé.",
            "You do not agree? “Decline” stops everything and tells us; nothing is signed.",
        ),
        Words(
            "Gardez le fichier PDF : c’est lui qui porte la signature. Une impression n’en est qu’une copie.",
            "Keep the PDF file: it carries the signature. A print is only a copy of it.",
        ),
    ),
)

SECTIONS: tuple[Section, ...] = (SPAM, NEVER, DOUBT, GOOD_TO_KNOW)

ALT: Words = Words("Logo de {firm}", "Logo of {firm}")
