"""Paragraphs of parallel facts: several subjects, one kind of fact each, and questions that only one of them, or none, answers.

Seeded; families for training and for testing are kept apart. `make(random_source, family_names, count)` yields
(passage, question, answer start or None, answer end or None).
"""
# The tables and the short makers beside them read better as they are.
# fmt: off

FIRST = """Anna Erik Maria Ilham Leyla Rashad Aysel Tural Sofia Peter Ingrid Lars Olga Dmitri Elena Marco Giulia Luca Chen Wei Mei Hiroshi Yuki Kenji Fatima Omar Layla Hassan
Amara Kwame Zola Thabo Nkechi Chidi Priya Arjun Ravi Ananya Carlos Lucia Diego Valentina Jose Camila Emma Liam Noah Olivia Ava Ethan Grace Henry Alice George Clara Oskar Freya Nils
Katya Ivan Bogdan Ioana Mihai Zoltan Agnes Piotr Ewa Jakub Hana Tomas Petra Stefan Mila Nikola Emre Zeynep Mehmet Elif Burak Deniz Samir Nadia Youssef Amina Kofi Abena Malik Aisha
Declan Siobhan Rhys Megan Angus Isla Hugo Chloe Louis Camille Theo Manon Jan Sanne Bram Lotte""".split()
LAST = """Lund Larsen Aliyev Mammadov Hasanov Guliyeva Berg Novak Kovacs Horvath Ivanov Petrova Rossi Bianchi Romano Tanaka Sato Suzuki Nakamura Wang Zhang Liu Haddad Mansour Nasser
Okafor Mensah Dlamini Banda Sharma Patel Gupta Iyer Garcia Fernandez Lopez Torres Silva Costa Smith Walker Hughes Carter Bennett Cooper Murphy Kelly Byrne Evans Morgan Fraser Campbell
Dupont Lefevre Moreau Girard Jansen Visser Bakker Muller Schmidt Weber Fischer Nowak Kowalski Dvorak Svoboda Popescu Ionescu Yilmaz Demir Kaya Osman Rahman Ahmed Khan Malik Park Kim
Lee Nguyen Tran Santos Reyes Ward Brooks Hayes Price Foster Shaw Palmer Grant Hunt Reed Stone""".split()
CITY = """Bergen Tromso Baku Ganja Shusha Lachin Ankara Izmir Tbilisi Riga Tallinn Vilnius Warsaw Krakow Prague Brno Vienna Graz Munich Hamburg Leipzig Lyon Nantes Lille Turin Naples Bari
Lisbon Porto Seville Malaga Dublin Cork Leeds Bristol Cardiff Glasgow Aberdeen Oslo Malmo Turku Tampere Kyiv Odesa Lviv Minsk Kazan Samara Omsk Astana Almaty Tashkent Bukhara Herat Lahore
Karachi Pune Jaipur Madurai Dhaka Hanoi Hue Cebu Davao Busan Daegu Osaka Kobe Nagoya Wuhan Xian Perth Hobart Nelson Accra Kumasi Lagos Kano Nairobi Mombasa Harare Lusaka Durban Lima Cusco
Quito Cali Medellin Salta Cordoba Rosario Recife Belem Toronto Halifax Calgary Boston Denver Tucson Memphis Omaha Boise""".split()
COUNTRY = """Norway Azerbaijan Turkey Georgia Latvia Poland Austria Germany France Italy Portugal Spain Ireland Finland Ukraine Kazakhstan India Vietnam Korea Japan China Australia Ghana Nigeria
Kenya Zambia Peru Ecuador Colombia Chile Argentina Brazil Canada Mexico Egypt Jordan Morocco Tunisia""".split()
MONTH = "January February March April May June July August September October November December".split()
SYLL = "ka ro mi ta ven dor lu sar bel no quin har pel ost wick ford mere dal fen gra sto lin mar vi tor esk bra".split()
JOB = """carpenter teacher surgeon pilot baker lawyer plumber engineer nurse farmer translator architect librarian journalist sailor tailor photographer chemist economist electrician judge
gardener mechanic musician painter dentist geologist blacksmith""".split()
COLOUR = "red blue green yellow orange purple brown grey white black silver turquoise".split()
FOOD = """lamb stew|grilled trout|mushroom soup|apple cake|rye bread|lentil salad|rice pudding|roast duck|spinach pie|fish curry|bean soup|walnut bread|beetroot salad|chicken pilaf|onion tart""".split("|")
SUBJECT = """algebra|biology|chemistry|drama|economics|geography|history|Latin|music|philosophy|physics|statistics|astronomy|law|botany""".split("|")
MATERIAL = "oak|granite|steel|bronze|limestone|marble|copper|pine|glass|brick|concrete|aluminium".split("|")
ORG = "Trust|Bank|Institute|Group|Foundation|Works|Labs|Airways|Press|Museum|Shipping|Foods|Energy|Motors".split("|")
ORDINAL = "first second third fourth fifth sixth seventh eighth".split()


def pick(r, seq): return seq[r.randrange(len(seq))]
def word(r): return (pick(r, SYLL) + pick(r, SYLL) + (pick(r, SYLL) if r.random() < .4 else "")).capitalize()
def person(r):
    k = r.random()
    return f"{pick(r, FIRST)} {pick(r, LAST)}" if k < .75 else pick(r, FIRST) if k < .85 else f"{pick(r, ['Mr', 'Ms', 'Dr', 'Professor', 'Captain'])} {pick(r, LAST)}"
def place(r): return pick(r, CITY) if r.random() < .7 else word(r)
def org(r): return f"{pick(r, [word(r), pick(r, CITY), pick(r, LAST)])} {pick(r, ORG)}"
def year(r): return str(r.randint(1780, 2026))
def date(r): return pick(r, [f"{r.randint(1, 28)} {pick(r, MONTH)} {r.randint(1900, 2026)}", f"{pick(r, MONTH)} {r.randint(1, 28)}, {r.randint(1900, 2026)}", f"{r.randint(1, 28)} {pick(r, MONTH)}"])
def num(r, low, high):
    n = r.randint(low, high)
    return pick(r, [f"{n:,}", f"{n:,}", f"about {n:,}", f"more than {n:,}", str(n)]) if high > 500 else str(n)
def money(r): return pick(r, [f"${r.randint(2, 900)}", f"{r.randint(2, 900)} euros", f"${r.randint(2, 90)}.{r.randint(10, 99)}", f"£{r.randint(2, 900)}", f"{r.randint(2, 90)} million dollars", f"{r.randint(20, 900)} manats"])
def clock(r): return pick(r, [f"{r.randint(1, 12)}:{r.randint(10, 59)}", f"{r.randint(1, 12)} p.m.", f"{r.randint(1, 12)}:{pick(r, ['15', '30', '45'])} a.m.", f"{r.randint(10, 23)}:{r.randint(10, 59)}"])
def percent(r): return pick(r, [f"{r.randint(1, 99)}%", f"{r.randint(1, 99)} percent", f"{r.randint(1, 99)}.{r.randint(1, 9)}%"])
def code(r): return pick(r, [f"{r.randint(1000, 9999)}", f"{pick(r, 'ABCDEFGHK')}{r.randint(10, 999)}", f"{pick(r, 'ABCDEFGHK')}{pick(r, 'LMNPRSTX')}-{r.randint(10, 99)}"])

P, L, O = person, place, org
# family: (subject maker, value maker, sentence forms, question forms; {s} subject, {v} value; column heads)
FAMILIES = {
 "birthplace": (P, L, ["{s} was born in {v}.", "{v} is the birthplace of {s}.", "{s} comes from {v}.", "{s}, who was born in {v}, later moved abroad."], ["Where was {s} born?", "In which city was {s} born?", "What is {s}'s birthplace?", "{s} birthplace", "where does {s} come from"], "Name Birthplace"),
 "birthyear": (P, year, ["{s} was born in {v}.", "In {v}, {s} was born.", "{s} (born {v}) joined later."], ["When was {s} born?", "In what year was {s} born?", "What year was {s} born in?", "{s} year of birth"], "Name Born"),
 "death": (P, date, ["{s} died on {v}.", "On {v}, {s} passed away.", "{s} passed away on {v}."], ["When did {s} die?", "On what date did {s} die?", "{s} date of death", "When did {s} pass away?"], "Name Died"),
 "job": (P, lambda r: pick(r, JOB), ["{s} works as a {v}.", "{s} is a {v}.", "{s} has been a {v} for years.", "{s} was trained as a {v}."], ["What does {s} do for a living?", "What is {s}'s job?", "What is the occupation of {s}?", "{s} occupation", "what is {s}"], "Name Occupation"),
 "employer": (P, O, ["{s} works for {v}.", "{s} is employed by {v}.", "{v} employs {s}.", "{s} joined {v} after university."], ["Who does {s} work for?", "Which company does {s} work for?", "Where is {s} employed?", "{s} employer"], "Name Employer"),
 "population": (L, lambda r: num(r, 400, 3000000), ["{s} has {v} inhabitants.", "The population of {s} is {v}.", "{v} people live in {s}.", "In {s} there are {v} residents."], ["How many people live in {s}?", "What is the population of {s}?", "How many inhabitants does {s} have?", "population {s}"], "Town Population"),
 "height": (lambda r: pick(r, ["the ", "Mount "]) + word(r) + pick(r, [" Tower", " Peak", ""]), lambda r: num(r, 20, 8000) + pick(r, [" metres", " feet", " m"]), ["{s} is {v} tall.", "{s} rises {v}.", "At {v}, {s} stands out.", "The height of {s} is {v}."], ["How tall is {s}?", "How high is {s}?", "What is the height of {s}?", "height of {s}"], "Name Height"),
 "length": (lambda r: "the " + word(r) + pick(r, [" River", " Tunnel", " Canal", " Bridge"]), lambda r: num(r, 2, 4000) + pick(r, [" km", " kilometres", " miles"]), ["{s} is {v} long.", "{s} runs for {v}.", "The length of {s} is {v}."], ["How long is {s}?", "What is the length of {s}?", "length of {s}"], "Name Length"),
 "price": (lambda r: "the " + pick(r, COLOUR) + " " + pick(r, ["chair", "lamp", "bicycle", "jacket", "kettle", "clock", "tent", "drum"]), money, ["{s} costs {v}.", "{s} sells for {v}.", "For {s} the shop asks {v}.", "The price of {s} is {v}."], ["How much does {s} cost?", "What is the price of {s}?", "How much is {s}?", "{s} price"], "Item Price"),
 "opened": (lambda r: "the " + word(r) + pick(r, [" Bridge", " Museum", " Theatre", " Station", " Library"]), year, ["{s} opened in {v}.", "{s} was opened in {v}.", "In {v}, {s} opened its doors.", "{s} dates from {v}."], ["When did {s} open?", "In what year was {s} opened?", "When was {s} opened?", "{s} opening year"], "Building Opened"),
 "founder": (O, P, ["{s} was founded by {v}.", "{v} founded {s}.", "{v} is the founder of {s}.", "{s} was set up by {v}."], ["Who founded {s}?", "Who is the founder of {s}?", "By whom was {s} founded?", "founder of {s}", "who set up {s}"], "Company Founder"),
 "head": (O, P, ["{s} is led by {v}.", "{v} heads {s}.", "{v} is the chief executive of {s}.", "The director of {s} is {v}."], ["Who leads {s}?", "Who is the head of {s}?", "Who heads {s}?", "Who runs {s}?", "head of {s}"], "Company Head"),
 "seat": (O, L, ["{s} is based in {v}.", "{s} has its head office in {v}.", "The headquarters of {s} are in {v}."], ["Where is {s} based?", "Where does {s} have its head office?", "Where are the headquarters of {s}?", "{s} headquarters"], "Company Seat"),
 "captain": (lambda r: "the " + pick(r, ["ship ", "ferry ", "yacht "]) + word(r), P, ["{s} was commanded by {v}.", "{v} was captain of {s}.", "{v} sailed {s}."], ["Who was captain of {s}?", "Who commanded {s}?", "Who sailed {s}?"], "Ship Captain"),
 "delivery": (lambda r: pick(r, ["parcel ", "package ", "order ", "shipment "]) + code(r), P, ["{s} went to {v}.", "{s} was delivered to {v}.", "{v} received {s}.", "{v} signed for {s}."], ["Who received {s}?", "Who was {s} delivered to?", "Who signed for {s}?", "Who got {s}?"], "Parcel Recipient"),
 "weight": (lambda r: pick(r, ["parcel ", "crate ", "box "]) + code(r), lambda r: pick(r, [f"{r.randint(1, 90)} kg", f"{r.randint(1, 90)}.{r.randint(1, 9)} kilograms", f"{r.randint(2, 90)} pounds"]), ["{s} weighs {v}.", "The weight of {s} is {v}.", "At {v}, {s} is heavy."], ["How much does {s} weigh?", "What is the weight of {s}?", "How heavy is {s}?"], "Parcel Weight"),
 "author": (lambda r: f"\"{pick(r, ['The', 'A', 'My'])} {pick(r, COLOUR).capitalize()} {pick(r, ['River', 'Door', 'Summer', 'Letter', 'House', 'Winter'])}\"", P, ["{s} was written by {v}.", "{v} wrote {s}.", "The author of {s} is {v}.", "{s} is a novel by {v}."], ["Who wrote {s}?", "Who is the author of {s}?", "author of {s}", "By whom was {s} written?"], "Title Author"),
 "released": (lambda r: f"{word(r)} {r.randint(1, 9)}.{r.randint(0, 9)}", date, ["{s} was released on {v}.", "On {v} version {s} came out.", "{s} came out on {v}."], ["When was {s} released?", "When did {s} come out?", "{s} release date", "On what date was {s} released?"], "Version Released"),
 "depart": (lambda r: "the " + pick(r, ["train", "bus", "ferry", "coach"]) + " to " + place(r), clock, ["{s} leaves at {v}.", "{s} departs at {v}.", "At {v}, {s} departs.", "Departure of {s}: {v}."], ["When does {s} leave?", "What time does {s} depart?", "At what time does {s} leave?", "{s} time"], "Line Departure"),
 "ordinal": (lambda r: "the " + pick(r, ORDINAL) + " " + pick(r, ["prize", "place", "award"]), P, ["{s} went to {v}.", "{v} won {s}.", "{v} took {s}.", "{s} was given to {v}."], ["Who won {s}?", "Who got {s}?", "Who took {s}?", "To whom was {s} given?"], "Prize Winner"),
 "temperature": (L, lambda r: f"{r.randint(-35, 45)}{pick(r, ['°C', ' degrees', ' °C'])}", ["In {s} it was {v}.", "{s} recorded {v}.", "The temperature in {s} fell to {v}.", "Thermometers in {s} showed {v}."], ["What was the temperature in {s}?", "How cold was it in {s}?", "temperature {s}", "What temperature did {s} record?"], "City Temperature"),
 "votes": (lambda r: "the " + pick(r, ["Green", "Liberal", "Labour", "Civic", "Farmers'", "Unity", "National", "Reform", "People's"]) + pick(r, [" Party", " Alliance", " List"]), percent, ["{s} won {v} of the vote.", "{v} of voters chose {s}.", "{s} received {v}.", "{s} got {v} of the votes."], ["What share of the vote did {s} win?", "How many percent did {s} receive?", "How much of the vote did {s} get?", "{s} result"], "Party Share"),
 "teaches": (P, lambda r: pick(r, SUBJECT), ["{s} teaches {v}.", "{v} is taught by {s}.", "{s} gives the lessons in {v}."], ["What does {s} teach?", "Which subject does {s} teach?", "{s} subject"], "Teacher Subject"),
 "room": (P, lambda r: f"room {r.randint(1, 400)}", ["{s} sits in {v}.", "{s} has moved to {v}.", "{v} belongs to {s}.", "You find {s} in {v}."], ["Which room is {s} in?", "Where does {s} sit?", "Where can I find {s}?", "{s} room"], "Name Room"),
 "capital": (lambda r: "the province of " + word(r), L, ["The capital of {s} is {v}.", "{v} is the capital of {s}.", "{s} is governed from {v}."], ["What is the capital of {s}?", "Which city is the capital of {s}?", "capital of {s}"], "Province Capital"),
 "casualties": (L, lambda r: num(r, 2, 2000), ["In {s}, {v} people were injured.", "{v} people were injured in {s}.", "{s} reported {v} injured people."], ["How many people were injured in {s}?", "How many were hurt in {s}?", "number of injured in {s}"], "Town Injured"),
 "said": (P, lambda r: pick(r, ["the bridge would be closed", "prices would rise", "the talks had failed", "the harvest was poor", "schools would reopen", "the road was safe", "water would run short", "the vote had been fair", "the dam would hold", "help was on its way"]), ["{s} said that {v}.", "According to {s}, {v}.", "{s} told reporters that {v}."], ["What did {s} say?", "What did {s} tell reporters?", "What was said by {s}?"], "Speaker Statement"),
 "stadium": (lambda r: pick(r, CITY) + pick(r, [" United", " City", " Rovers", " Athletic"]), lambda r: word(r) + pick(r, [" Park", " Stadium", " Arena"]), ["{s} play at {v}.", "{v} is the home of {s}.", "The home ground of {s} is {v}."], ["Where do {s} play?", "What is the home ground of {s}?", "{s} stadium"], "Club Ground"),
 # kept for testing
 "T.married": (P, P, ["{s} married {v}.", "{s} is the wife of {v}.", "{s} and {v} were married in spring."], ["Who did {s} marry?", "Who is {s} married to?", "{s} spouse"], "Name Spouse"),
 "T.dish": (P, lambda r: pick(r, FOOD), ["{s} ordered the {v}.", "{s} had the {v}.", "The {v} was for {s}."], ["What did {s} order?", "What did {s} have?", "{s} order"], "Guest Dish"),
 "T.built": (lambda r: "the " + pick(r, ["north", "south", "east", "west", "old", "new", "upper", "lower"]) + " " + pick(r, ["gate", "wall", "tower", "hall"]), lambda r: pick(r, MATERIAL), ["{s} is made of {v}.", "{s} was built of {v}.", "For {s} the masons used {v}."], ["What is {s} made of?", "What was {s} built of?", "{s} material"], "Part Material"),
 "T.discover": (lambda r: word(r).lower() + "ium", year, ["{s} was discovered in {v}.", "The discovery of {s} came in {v}.", "In {v}, chemists discovered {s}."], ["When was {s} discovered?", "In what year was {s} discovered?", "{s} discovery"], "Element Discovered"),
 "T.minister": (lambda r: "the minister of " + pick(r, ["health", "finance", "justice", "transport", "culture", "defence", "energy", "education"]), P, ["{v} became {s}.", "{s} is {v}.", "{v} serves as {s}."], ["Who is {s}?", "Who became {s}?", "Who serves as {s}?"], "Office Holder"),
 "T.visit": (P, COUNTRY.__class__ and (lambda r: pick(r, COUNTRY)), ["{s} travelled to {v}.", "{s} spent the summer in {v}.", "{v} was where {s} went."], ["Where did {s} travel?", "Which country did {s} go to?", "Where did {s} spend the summer?"], "Name Country"),
 "T.phone": (lambda r: "the " + pick(r, ["sales", "support", "press", "billing", "legal", "repairs"]) + " office in " + place(r), lambda r: f"{r.randint(100, 999)}-{r.randint(1000, 9999)}", ["{s} can be reached at {v}.", "The number of {s} is {v}.", "Call {v} for {s}."], ["What is the number of {s}?", "How can {s} be reached?", "{s} phone number"], "Office Phone"),
}
TRAIN = [name for name in FAMILIES if not name.startswith("T.")]
TEST = [name for name in FAMILIES if name.startswith("T.")]


def capital(text): return text[:1].upper() + text[1:]


def sample(r, names):
    """One passage with several facts of one family (at times two), and one question: (passage, question, start, end)."""
    name = pick(r, names)
    subject, value, forms, questions, heads = FAMILIES[name]
    n = r.randint(2, 8)
    subjects, values = [], []
    while len(subjects) < n + 1:
        s = subject(r)
        if all(s.lower() not in o.lower() and o.lower() not in s.lower() for o in subjects): subjects.append(s)
        elif r.random() < .02: n = max(2, len(subjects) - 1); break
    subjects, absent = subjects[:n], subjects[n] if len(subjects) > n else None
    n = len(subjects)
    tries = 0
    while len(values) < n:
        v = value(r); tries += 1
        if tries > 200: break
        if all(v.lower() not in o.lower() and o.lower() not in v.lower() for o in values): values.append(v)
    n = min(n, len(values)); subjects, values = subjects[:n], values[:n]
    style = r.random()
    chunks, at = [], {}
    def add(text, number=None, v=None):
        begin = sum(map(len, chunks))
        if v is not None: at[number] = (begin + text.rindex(v), begin + text.rindex(v) + len(v))
        chunks.append(text)
    one = pick(r, forms)
    if style < .5:                                   # sentences, of one form or of several
        mixed = r.random() < .5
        for i in range(n):
            form = pick(r, forms) if mixed else one
            text = form.format(s=subjects[i], v="\0")
            text = capital(text).replace("\0", values[i]) if not form.startswith("{v}") else capital(values[i]) + form.format(s=subjects[i], v="")
            begin = sum(map(len, chunks)); sep = "" if not chunks else " "
            pos = (begin + len(sep)) if form.startswith("{v}") else begin + len(sep) + capital(form.format(s=subjects[i], v="\0")).index("\0")
            at[i] = (pos, pos + len(values[i])); chunks.append(sep + text)
            if r.random() < .15: chunks.append(" " + pick(r, ["Nobody had expected it.", "The list was checked twice.", "More is not known.", "This was confirmed later.", "The rest of the records are lost."]))
    elif style < .7:                                 # one sentence with the rest left out: A was born in X, B in Y
        form = next((f for f in forms if f.startswith("{s}") and f.rstrip(".").endswith("{v}")), None)
        if form is None: return None
        middle = form.rstrip(".")[3:-3]
        short = " " + middle.split()[-1] + " " if middle.split() and middle.split()[-1] in ("in", "at", "by", "for", "to", "on", "of", "a") else pick(r, [" ", ", "])
        for i in range(n):
            sep = "" if i == 0 else (" and " if i == n - 1 else pick(r, [", ", ", ", "; "]))
            text = sep + (capital(subjects[i]) if i == 0 else subjects[i]) + (middle if i == 0 else short)
            begin = sum(map(len, chunks)) + len(text)
            at[i] = (begin, begin + len(values[i])); chunks.append(text + values[i])
        chunks.append(".")
    elif style < .85:                                # lines
        mark, join = pick(r, [("- ", ": "), ("* ", " - "), ("", ": "), ("", "\t"), ("• ", ": "), ("1", ". ")]) if r.random() < .99 else ("", ": ")
        if r.random() < .5: chunks.append(heads.replace(" ", pick(r, [" | ", " / ", ": "]), 1) + "\n")
        for i in range(n):
            text = (f"{i + 1}. " if mark == "1" else mark) + capital(subjects[i]) + (": " if mark == "1" else join)
            begin = sum(map(len, chunks)) + len(text)
            at[i] = (begin, begin + len(values[i])); chunks.append(text + values[i] + "\n")
    else:                                            # a table's rows
        a, b = heads.split(" ", 1)
        full = r.random() < .5
        chunks.append(f"{a} | {b}\n")
        for i in range(n):
            text = f"{a}: {subjects[i]}; {b}: " if full else f"{subjects[i]} | "
            begin = sum(map(len, chunks)) + len(text)
            at[i] = (begin, begin + len(values[i])); chunks.append(text + values[i] + "\n")
    passage = "".join(chunks).rstrip("\n")
    kind = r.random()
    if kind < .68:
        i = r.randrange(n)
        question = pick(r, questions).format(s=subjects[i]); span = at[i]
        if passage[span[0]:span[1]].lower() != values[i].lower(): return None
    elif kind < .86 and absent:
        question, span = pick(r, questions).format(s=absent), (None, None)
    else:                                            # another kind of fact of a subject that is there
        other = [o for o in names if o != name and FAMILIES[o][0] is subject]
        if not other: return None
        clash = {"birthplace": {"job"}, "employer": {"room"}, "room": {"employer"}}
        o = pick(r, other)
        if o in clash.get(name, ()): return None
        question, span = pick(r, FAMILIES[o][3]).format(s=pick(r, subjects)), (None, None)
        if question.startswith(("what is ", "where does ")): return None
    question = capital(question) if question.endswith("?") else question
    if r.random() < .15: question = question.lower()
    return passage, question, *span, name


def make(r, names, count):
    done = 0
    while done < count:
        one = sample(r, names)
        if one: done += 1; yield one
