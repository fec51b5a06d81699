"""English: the help pages, sentence by sentence; a test finds the ones that are missing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jesignd.cli.english_people import PEOPLE

if TYPE_CHECKING:
    from collections.abc import Mapping

HELP: Mapping[str, str] = {
    **PEOPLE,
    # authority, certificate, web
    "Lancer le programme web : listes de révocation, réponses OCSP, avis de paiement ; sans aucune clé.": (
        "Run the web program: revocation lists, OCSP answers, payment notices; it holds no key."
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
    "Sceller ce que les logiciels du cabinet exportent, et le rendre à sa place.": (
        "Seal what the firm’s software exports, and give it back in its place."
    ),
    "Fichier de configuration.": "Configuration file.",
    "Forme des résultats.": "Form of the results.",
    "Langue des messages.": "Language of the messages.",
    "Afficher la version.": "Show the version.",
    # run, status, doctor, demo
    "Lancer le démon au premier plan (TERM : finir et s’arrêter ; HUP : recharger ; USR1 : relire les dossiers).": (
        "Run the daemon in the foreground (TERM: finish and stop; HUP: reload; USR1: read the folders again)."
    ),
    "Dossiers surveillés, documents, crédit ; code 69 si le démon ne tourne pas.": (
        "Watched folders, documents, credit; exit code 69 when the daemon does not run."
    ),
    "Vérifier l’installation et dire les remèdes ; code 3 s’il y a une erreur.": (
        "Check the installation and name the remedies; exit code 3 when something is wrong."
    ),
    "Cette partie seulement (répétable).": "This part only (may be repeated).",
    "Un avertissement donne le code 1.": "A warning gives exit code 1.",
    "Démonstration complète, en local : vrai démon, vraies règles, autorité fictive.": (
        "Complete demonstration on this machine: real daemon, real rules, made-up authority."
    ),
    "Finir de soi-même (c’est le cas sans terminal).": "End by itself (as it does without a terminal).",
    "Où tout se passe.": "Where everything happens.",
    # config, rules
    "Vérifier et montrer la configuration.": "Check and show the configuration.",
    (
        "Vérifier la configuration.\n\n"
        "Toutes les fautes sont dites d’un coup, chacune à sa place : fichier:ligne:colonne."
    ): ("Check the configuration.\n\nEvery fault is told at once, each at its place: file:line:column."),
    (
        "Écrire le schéma JSON de la configuration.\n\n"
        "Les éditeurs de texte s’en servent pour compléter et vérifier à la frappe."
    ): ("Write the configuration’s JSON schema.\n\nText editors complete and check by it."),
    "Montrer la configuration effective.\n\nValeurs par défaut comprises ; les secrets n’y paraissent jamais.": (
        "Show the configuration in force.\n\nDefaults included; secrets never appear."
    ),
    "Essayer les règles sur un fichier.": "Try the rules on a file.",
    "Ce qui serait fait de ce fichier, et pourquoi ; rien n’est touché.": (
        "What would be done with this file, and why; nothing is touched."
    ),
    "Dossier surveillé dont il suivrait les règles.": "Watched folder whose rules it would follow.",
    "Jour de l’essai (à Paris).": "Day of the trial (in Paris).",
    # init
    (
        "Mettre en route : demander, créer, vérifier, et dire ce qui manque à chacune des quatre étapes.\n\n"
        "Code 3 s’il manque encore quelque chose. Rien n’est jamais remplacé."
    ): (
        "Set up: ask, create, check, and say what each of the four steps still lacks.\n\n"
        "Exit code 3 while something is missing. Nothing is ever replaced."
    ),
    "Dire seulement où en sont les quatre étapes.": "Only say where the four steps stand.",
    "Ne rien demander : ce qui n’est pas dit prend sa valeur par défaut.": (
        "Ask nothing: what is not said takes its default."
    ),
    "Nom du cabinet.": "Name of the firm.",
    "SIREN du cabinet, neuf chiffres.": "The firm's SIREN, nine digits.",
    "Logo du cabinet (PNG, JPEG ou SVG).": "The firm's logo (PNG, JPEG or SVG).",
    "Expert-comptable au nom de qui les documents sont traités.": "Accountant in whose name documents are treated.",
    "Dossier d’export à recenser et à surveiller (répétable).": (
        "Export folder to take stock of and to watch (may be repeated)."
    ),
    "Répertoire du service.": "Directory of the service.",
    "Où vont scellés et retours.": "Where sealed files and returns go.",
    "Autorité d’horodatage (RFC 3161).": "Time-stamping authority (RFC 3161).",
    "Adresse publique (http://…) de votre propre autorité.": "Public address (http://…) of your own authority.",
    "Compte de l’expert-comptable ; par défaut tiré de son nom.": "The accountant’s account; by default their name.",
    "Courriel de l’expert-comptable ; son compte est ouvert.": "The accountant’s e-mail; their account is opened.",
    "Téléphone mobile de l’expert-comptable.": "The accountant’s mobile phone.",
    "Fichier dont la première ligne est son mot de passe.": "File whose first line is their password.",
    "Clé de démonstration, qui ne prouve rien.": "Demonstration key, which proves nothing.",
    # census
    "Recenser un dossier d’export : documents, personnes, logiciels ; rien n’y est écrit.": (
        "Take stock of an export folder: documents, people, software; nothing is written there."
    ),
    "Ce connecteur seulement ; sinon le meilleur de tous.": "This connector only; otherwise the best of all.",
    "Forme du résultat.": "Form of the result.",
    "Y écrire les tables (CSV), le tout (JSON) et une configuration proposée (YAML).": (
        "Write there the tables (CSV), everything (JSON) and a configuration to start from (YAML)."
    ),
    # guide
    "Écrire le guide remis aux clients : signer en deux minutes, et ne pas se faire piéger.": (
        "Write the guide given to clients: sign in two minutes, and do not be fooled."
    ),
    "Nom du cabinet ; par défaut celui de la configuration.": "The firm's name; by default the configuration's.",
    "Logo du cabinet (PNG, JPEG ou SVG) ; par défaut celui de la configuration.": (
        "The firm's logo (PNG, JPEG or SVG); by default the configuration's."
    ),
    "Adresse d’où partent les courriels à signer.": "Address from which the mails to sign are sent.",
    "Personne à appeler.": "Who to call.",
    "Numéro à appeler.": "The number to call.",
    "Langue du guide.": "Language of the guide.",
    "Fichier PDF à écrire ; le même texte est écrit à côté, en .txt.": (
        "PDF file to write; the same text is written beside it, as .txt."
    ),
    # document
    "Suivre, expliquer et libérer les documents.": "Follow, explain and release documents.",
    "Les documents, le plus récent d’abord.": "The documents, newest first.",
    (
        "La preuve de qui a fait sceller ce document, et par quelle délégation, à vérifier sans jesignd.\n\n"
        "Le programme docs/verify_delegation.py la lit."
    ): (
        "The proof of who had this document sealed, and under which delegation, to be checked without jesignd.\n\n"
        "The program docs/verify_delegation.py reads it."
    ),
    "Un seul dossier surveillé.": "One watched folder only.",
    "Reprendre après ce document.": "Go on after this document.",
    "Ces états seulement (répétable).": "These states only (may be repeated).",
    "Nombre de documents, au plus.": "At most so many documents.",
    "Regarder à nouveau des documents en attente, leur cause corrigée ou assumée.": (
        "Look again at documents held, once their cause is mended or accepted."
    ),
    "Livrer à nouveau, tout de suite et sans resceller.": "Deliver again, at once and without sealing again.",
    "Un document : où il en est, son sceau, ses livraisons, son journal.": (
        "One document: where it stands, its seal, its deliveries, its journal."
    ),
    "Pourquoi ce document a été traité ainsi : indices, règles essayées, décision.": (
        "Why this document was treated so: clues, rules tried, decision."
    ),
    # seal, verify
    "Sceller des fichiers sans le démon ; un dossier donne tous ses PDF.": (
        "Seal files, no daemon needed; a folder gives all its PDFs."
    ),
    "Où écrire les fichiers scellés ; rien n’y est jamais remplacé.": (
        "Where to write the sealed files; nothing there is ever replaced."
    ),
    "Règle dont le sceau est apposé ; inutile s’il n’y en a qu’une qui scelle.": (
        "Rule whose seal is applied; needless when only one seals."
    ),
    "Compte d’une autre société d’exercice que `firm`.": "Account of another firm than `firm`.",
    "Société d’exercice pour qui sceller ; par défaut `firm`.": "Firm to seal for; by default `firm`.",
    "Compte au nom de qui sceller ; inutile si un seul le peut.": (
        "Person in whose name to seal; needless when only one may."
    ),
    "Vérifier des fichiers signés ou scellés ; code 0 si tous sont valides, 8 sinon.": (
        "Verify signed or sealed files; exit code 0 when all are valid, 8 otherwise."
    ),
    "Racine de confiance (fichier ou dossier), au lieu de celles de la configuration.": (
        "Trusted root (file or folder), instead of the configuration’s."
    ),
    # credit, plugin
    "Solde, versement et relevé.": "Balance, top-up and statement.",
    "Le solde du compte, hors taxes.": "The account’s balance, before tax.",
    "Le relevé : HT, TVA et TTC, du plus ancien au plus récent ; la chaîne du compte est d’abord contrôlée.": (
        "The statement, before tax, tax and gross, oldest first; the ledger’s chain is checked before."
    ),
    "Donner l’adresse où payer par carte ; le compte est crédité ensuite.": (
        "Give the address where to pay by card; the account is credited afterwards."
    ),
    "Écrire aussi un tableau pour tableur français.": "Also write a table for French spreadsheets.",
    "Écrire aussi un relevé PDF, à classer.": "Also write a PDF statement, to be filed.",
    "Le montant donné est TTC ; le compte, hors taxes, en reçoit le HT.": (
        "The amount given includes tax; the account, kept before tax, gets the net."
    ),
    "Contrôler la chaîne du compte, ses soldes et ses réservations ; code 70 si quelque chose a été modifié.": (
        "Check the ledger’s chain, balances and reservations; exit code 70 when something was changed."
    ),
    "Premier jour, à Paris.": "First day, in Paris.",
    "Dernier jour, à Paris, inclus.": "Last day, in Paris, included.",
    "Créditer le compte ; les documents qui n’attendaient que cela repartent.": (
        "Top up the account; documents that waited for it go on."
    ),
    "Numéro du versement ; le même n’est compté qu’une fois.": "The payment’s number; the same is counted once.",
    "Connecteurs installés.": "Installed connectors.",
    "Les connecteurs, leur origine, ce que l’on sait de leur logiciel, et les plugins inutilisables.": (
        "The connectors, where they come from, what is known of their software, and the plugins that are broken."
    ),
}


def of(french: str) -> str:
    """The English of a help text, or of the beginning to which click has cut it; other texts stay as they are."""
    if french in HELP:
        return HELP[french]
    beginning = french.removesuffix("...").rstrip()
    if len(beginning) < 8:
        return french
    whole = next((key for key in HELP if key.startswith(beginning)), None)
    return french if whole is None else HELP[whole].split("\n")[0].rstrip(".")
