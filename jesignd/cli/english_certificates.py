"""English certificates: the help pages of `authority`, `certificate` and `web`; part of `english`."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

CERTIFICATES: Mapping[str, str] = {
    "Lancer le programme web : listes de révocation et réponses OCSP ; il ne détient aucune clé.": (
        "Run the web program: revocation lists and OCSP answers; it holds no key."
    ),
    "Autorité de certification du cabinet.": "The firm's certificate authority.",
    (
        "Créer la racine et l'autorité d'émission ; ce qui existe reste.\n\n"
        "La phrase de passe de la racine est demandée : elle n'est dans aucun fichier."
    ): (
        "Make the root and the issuing authority; what exists stays.\n\n"
        "The root's passphrase is asked for: it is in no file."
    ),
    "Les autorités, et jusqu'à quand valent leurs listes de révocation.": (
        "The authorities, and until when their revocation lists are good."
    ),
    "Fichier root.p12, sorti de son coffre.": "The root.p12 file, out of its safe.",
    "Signer de nouveau la liste de révocation de la racine.": "Sign the root's revocation list again.",
    "Certificats délivrés par l'autorité du cabinet.": "Certificates issued by the firm's authority.",
    "Délivrer son certificat à une personne dont l'enregistrement est approuvé ; elle choisit son code PIN.": (
        "Issue the certificate of a person whose enrolment is approved; they choose its PIN."
    ),
    "Renouveler le certificat d'une personne, dans ses derniers mois, sous le même code PIN.": (
        "Renew a person's certificate, in its last months, under the same PIN."
    ),
    "Changer le code PIN de sa clé.": "Change the PIN of one's key.",
    "Fichier .p12.": "The .p12 file.",
    "Délivrer un certificat de cachet au cabinet, dans un fichier pour `keys:` ; rien n'est remplacé.": (
        "Issue the firm a seal certificate, in a file for `keys:`; nothing is replaced."
    ),
    "Les certificats délivrés, le plus récent d'abord.": "The certificates issued, newest first.",
    "Les certificats qui finissent bientôt (90, 30, 7 jours), dont le titulaire n'est pas encore prévenu.": (
        "The certificates that end soon (90, 30, 7 days), whose owner was not told yet."
    ),
    "Motif.": "Reason.",
    "Préposé qui révoque, sous son mot de passe.": "Officer who revokes, under their password.",
    "Révoquer un certificat, avec son code de révocation ou comme préposé ; c'est définitif.": (
        "Revoke a certificate, with its revocation code or as an officer; for good."
    ),
    "Signer ce qui est dû : liste de révocation et réponses OCSP ; le service le fait aussi de lui-même.": (
        "Sign what is due: revocation list and OCSP answers; the daemon does it too."
    ),
}
