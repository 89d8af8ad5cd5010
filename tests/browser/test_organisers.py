"""What organisers do: from the mailed link to the label, the guests at the door, and a file."""

from uuid import uuid4

from tests.browser.edition import DESCRIPTION, coming
from tests.browser.furniture import bad_file, register
from tests.browser.looking import looked_at
from tests.browser.mails import link_in
from tests.browser.test_visitors import sign_up
from tests.browser.wall import ACTUAL, ANNOUNCED, LABELLED, wall

TITLE = "Visite de la ligne d’assemblage"


async def test_an_organiser_signs_in_proposes_is_labelled_and_welcomes_people(site):
    organiser = await register(site)
    async with wall(site) as live, site.page() as page:
        labelled, announced, came = [await live.figure(each) for each in (LABELLED, ANNOUNCED, ACTUAL)]
        await page.goto("/")
        await page.get_by_role("link", name="Proposer un événement").click()
        await page.get_by_role("link", name="Déjà inscrit ? Se connecter").click()
        await sign_in(site, page, organiser)

        await page.get_by_role("button", name="Proposer un événement").click()
        await page.get_by_text("points manquent encore").wait_for()
        await looked_at(page, "organiser-new")
        await page.get_by_role("button", name="Envoyer pour le label").click()
        await page.get_by_text("à corriger").first.wait_for()
        await looked_at(page, "organiser-faults")
        await write(page)
        await page.get_by_text("Rien ne manque : l’événement remplit la charte.").wait_for()
        await looked_at(page, "organiser-whole")
        await page.get_by_role("button", name="Envoyer pour le label").click()
        await page.get_by_role("heading", name=TITLE).wait_for()
        await site.mail(to=organiser.email, subject=f"Proposition reçue : {TITLE}")
        told = await site.mail(to=organiser.email, subject=f"Labellisé : {TITLE}")
        await live.reaches(LABELLED, labelled + 1)
        await page.reload()
        await page.get_by_role("link", name="Voir la page publique").wait_for()

        async with site.page() as visitor:
            await visitor.goto(link_in(told, "/evenements/"))
            await sign_up(visitor)
        await live.reaches(ANNOUNCED, announced + 1)
        await page.get_by_role("link", name="Inscrits").click()
        await page.get_by_role("rowheader", name="Camille Moreau").wait_for()
        await page.get_by_role("link", name="Accueil", exact=True).click()
        await page.get_by_label("Chercher un nom").fill("camille")
        await page.get_by_role("button", name="Arrivé").click()
        await page.locator(".arrived").wait_for()
        await looked_at(page, "organiser-arrived")
        await live.reaches(ACTUAL, came + 1)
        assert page.said == []


async def test_a_new_organiser_registers_by_a_mailed_link_and_begins_their_first_event(site):
    email = f"{uuid4().hex[:10]}@atelier.example"
    async with site.page() as page:
        await page.goto("/")
        await page.get_by_role("link", name="Proposer un événement").click()
        await page.get_by_role("heading", name="Inscrire votre organisation").wait_for()
        await page.get_by_label("Nom de l’organisation").fill("Scierie du Haut-Jura")
        await page.get_by_label("Vous êtes").select_option("Une entreprise")
        await page.get_by_role("button", name="Recevoir mon lien").click()
        await page.get_by_role("link", name="Une entreprise donne son SIRET").wait_for()
        await looked_at(page, "registering-faults")
        await page.get_by_label("Vous êtes").select_option("Une association")
        await page.get_by_label("Adresse e-mail").fill(email)
        await page.get_by_role("button", name="Recevoir mon lien").click()
        await follow_link(site, page, email)
        await page.get_by_text("points manquent encore").wait_for()
        await page.get_by_text("Supprimer ce brouillon").click()
        await page.get_by_role("button", name="Supprimer le brouillon").click()
        await page.get_by_text("Scierie du Haut-Jura").wait_for()
        await page.get_by_role("heading", name="Rien pour l’instant").wait_for()
        await looked_at(page, "organiser-nothing")
        assert page.said == []


async def test_an_organiser_brings_a_file_and_reads_what_became_of_each_row(site):
    organiser = await register(site)
    async with site.page() as page:
        await page.goto("/organisateur")
        await sign_in(site, page, organiser)
        await page.get_by_role("link", name="Importer un fichier").click()
        file = {"name": "événements.csv", "mimeType": "text/csv", "buffer": bad_file()}
        await page.get_by_label("Fichier CSV").set_input_files(file)
        await page.get_by_role("button", name="Importer", exact=True).click()
        await page.get_by_role("heading", name="Résultat de l’import").wait_for()
        await page.get_by_text("1 ligne n’a pas été prise").wait_for()
        await page.get_by_role("cell", name="postcode").first.wait_for()
        await page.goto("/organisateur")
        await page.get_by_role("link", name="Journée portes ouvertes").wait_for()
        assert page.said == []


async def sign_in(site, page, organiser):
    """By the link that is mailed: it fills in the code, which serves once."""
    await page.get_by_label("Adresse e-mail").fill(organiser.email)
    await page.get_by_role("button", name="Recevoir mon lien").click()
    await follow_link(site, page, organiser.email)
    await page.get_by_role("link", name="Mes événements", exact=True).first.click()
    await page.get_by_role("heading", name="Mes événements").wait_for()


async def follow_link(site, page, email):
    await page.get_by_role("heading", name="Consultez votre messagerie").wait_for()
    link = link_in(await site.mail(to=email, subject="Votre code d’accès"), "/signin/code#")
    await page.goto(link)
    assert "#" not in page.url, "the code stays in the address"
    await page.get_by_role("button", name="Ouvrir mon espace").click()


async def write(page):
    """All that the charter wants to know."""
    await page.get_by_label("Titre").fill(TITLE)
    await page.get_by_label("Type d’événement").select_option("company_visit")
    await page.get_by_label("Description").fill(DESCRIPTION)
    await page.locator('[id="slots.0.day"]').fill(coming()["dates"]["first_day"])
    await page.locator('[id="slots.0.begin"]').fill("10:00")
    await page.locator('[id="slots.0.end"]').fill("11:30")
    await page.get_by_label("Nom du lieu").fill("Atelier de Montoir")
    await page.get_by_label("Adresse").first.fill("2 rue des Chantiers")
    await page.get_by_label("Code postal").fill("44550")
    await page.get_by_label("Commune").fill("Montoir-de-Bretagne")
    await page.get_by_label("Nombre de places").fill("12")
