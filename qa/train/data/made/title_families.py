"""Kinds of documents whose subject is only in the title, and what their passages say without naming it."""

from dataclasses import dataclass
from random import Random

from qa.train.data.made.draft import lower_first
from qa.train.data.made.words import (
    COLOURS,
    JOBS,
    MATERIALS,
    SUBJECTS,
    WEEKDAYS,
    Maker,
    date,
    duration,
    fruit,
    hours,
    money,
    number,
    one_of,
    org,
    person,
    place,
    quantity,
    word,
    year,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing such a document tells: sentences with ``{v}``, its value, and questions that name the subject ``{t}``."""

    sentences: tuple[str, ...]
    value: Maker
    questions: tuple[str, ...]
    headings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Family:
    """One kind of document: its titles, how a question names the subject, its facts."""

    title: Maker
    facts: tuple[Fact, ...]
    article: str = ""
    """"the" where a question says "the pineapple cake" of a document titled "Pineapple cake"."""
    small: bool = True
    """True where the title's first letter is small within a sentence."""

    def name(self, title: str, r: Random) -> str:
        """Return the subject as a question names it."""
        name = lower_first(title) if self.small else title
        if not self.article or r.random() < 0.2 or title.lower().startswith("the "):
            return name
        return f"{self.article} {name}"


def _f(sentences: str, value: Maker, questions: str, headings: str = "") -> Fact:
    return Fact(
        tuple(sentences.split("|")), value, tuple(questions.split("|")), tuple(headings.split("|")) if headings else ()
    )


_ingredient = "butter flour sugar milk cream cocoa yeast rice cheese oats yoghurt oil"
_recipe = tuple(
    _f(f"You need {{v}} of {one}.|Take {{v}} of {one}.|Add {{v}} of {one} and stir.|- {{v}} {one}|{one.capitalize()}: {{v}}", quantity,
       f"How much {one} do I need for {{t}}?|How much {one} is in {{t}}?|how much {one} for {{t}}|{{t}} {one}|What amount of {one} goes into {{t}}?|How much {one} does {{t}} take?", "Ingredients|You need")
    for one in _ingredient.split()
) + (
    _f("Bake it for {v}.|It stays in the oven for {v}.|Leave it in the oven for {v}.", duration, "How long is {t} baked?|How long does {t} bake?|How long do I bake {t}?|baking time {t}", "Baking|Method"),
    _f("Heat the oven to {v}.|The oven should have {v}.", lambda r: f"{r.randint(140, 250)} {r.choice(['°C', 'degrees', '°F'])}", "How hot should the oven be for {t}?|At what temperature is {t} baked?|oven temperature {t}", "Baking|Method"),
    _f("Let it rest for {v} before serving.|It must cool for {v}.", duration, "How long must {t} rest?|How long should {t} cool?", "Serving"),
    _f("Serves {v}.|It is enough for {v}.", lambda r: f"{r.randint(2, 14)} {r.choice(['people', 'persons', 'guests'])}", "How many people does {t} serve?|How many is {t} enough for?|{t} servings", "Serving"),
    _f("Serve with {v}.|It goes well with {v}.", one_of("vanilla sauce|whipped cream|pickled beetroot|green salad|strong coffee|lemon ice cream"), "What do you serve {t} with?|What goes well with {t}?", "Serving"),
)  # fmt: skip
_baked = one_of("cake|pie|bread|pudding|muffins|tart|soup|biscuits|buns|pancakes")
_dish = lambda r: f"{fruit(r).capitalize()} {_baked(r)}"
TRAIN = (
    Family(_dish, _recipe, "the"),
    Family(lambda r: f"{word(r)} {r.choice(['coffee maker', 'vacuum cleaner', 'washing machine', 'drill', 'lawnmower', 'printer', 'camera', 'toaster', 'heater'])} {r.choice(['', 'X', 'Pro '])}{r.randint(2, 990)}", (
        _f("The tank holds {v}.|The container has room for {v}.", number(2, 40, "litres"), "How much does the tank of {t} hold?|tank size {t}", "Technical data"),
        _f("It weighs {v}.|The weight is {v}.|Weight: {v}", lambda r: f"{r.randint(1, 40)}.{r.randint(1, 9)} kg", "How much does {t} weigh?|How heavy is {t}?|weight of {t}", "Technical data|Specifications"),
        _f("The guarantee runs for {v}.|We give a guarantee of {v}.", duration, "How long is the guarantee of {t}?|How long is {t} guaranteed?|{t} warranty", "Guarantee|Warranty"),
        _f("Hold the {v} button for three seconds to reset it.|A reset is done with the {v} button.", one_of("green|red|start|power|menu|round"), "How do I reset {t}?|Which button resets {t}?", "Reset|Troubleshooting"),
        _f("Clean the filter {v}.|The filter must be cleaned {v}.", one_of("once a week|every month|after each use|twice a year|every ten days"), "How often must the filter of {t} be cleaned?|When do I clean the filter of {t}?", "Cleaning|Care"),
        _f("It costs {v}.|The price is {v}.|Price: {v}", money, "How much does {t} cost?|What is the price of {t}?|{t} price", "Price"),
        _f("The light blinks {v} when it is ready.|When ready, the lamp turns {v}.", one_of("|".join(COLOURS)), "What colour is the light of {t} when it is ready?", "Display|Signals"),
        _f("A full charge takes {v}.|Charging takes {v}.", duration, "How long does it take to charge {t}?|{t} charging time", "Battery|Charging")), "the", small=False),
    Family(lambda r: word(r) + r.choice(["", "", "ville", " Bay", "ford"]), (
        _f("It has {v} inhabitants.|The population is {v}.|{v} people live here.|The town has {v} inhabitants.", number(300, 900000), "How many people live in {t}?|What is the population of {t}?|population of {t}", "Population|Demographics"),
        _f("The town was founded in {v}.|It was founded in {v}.", year(1100, 1900), "When was {t} founded?|In what year was {t} founded?", "History"),
        _f("The mayor is {v}.|Its mayor since the last election is {v}.|{v} is mayor.", person, "Who is the mayor of {t}?|mayor of {t}", "Politics|Government"),
        _f("The economy rests on {v}.|Most people work in {v}.|The main industry is {v}.", one_of("fishing|tourism|mining|the paper industry|shipbuilding|wine growing|glass making"), "What does the economy of {t} rest on?|What is the main industry of {t}?|What do most people in {t} work in?", "Economy"),
        _f("Trains run to {v} every hour.|There is a direct train to {v}.", place, "Where do trains from {t} run to?|Which city has a direct train from {t}?", "Transport"),
        _f("The highest point is {v}.|It lies below {v}.", lambda r: "Mount " + word(r), "What is the highest point of {t}?", "Geography"),
        _f("The market is held every {v}.|Market day is {v}.", one_of("|".join(WEEKDAYS)), "When is the market in {t}?|On which day is market day in {t}?|{t} market day", "Culture|Events"),
        _f("The church was designed by {v}.|{v} drew the church.", person, "Who designed the church of {t}?|Who drew the church in {t}?", "Sights"),
        _f("The river {v} runs through the town.|It lies on the river {v}.", word, "Which river runs through {t}?|On which river does {t} lie?", "Geography")), small=False),
    Family(person, (
        _f("Born in {v}, the family moved often.|Was born in {v}.|The birthplace is {v}.", place, "Where was {t} born?|{t} birthplace", "Early life|Life"),
        _f("Studied {v} at the university.|The studies were in {v}.|After school came studies of {v}.", one_of("|".join(SUBJECTS)), "What did {t} study?|Which subject did {t} study?", "Education|Early life"),
        _f("The first book came out in {v}.|In {v} the first book appeared.", year(), "When did {t}'s first book come out?|When was the first book by {t} published?", "Works|Career"),
        _f("Married {v} in the spring.|The wedding with {v} was a quiet one.", person, "Who did {t} marry?|Who was {t} married to?", "Personal life|Family"),
        _f("Worked as {v} for years.|Was at first {v}.", lambda r: "a " + r.choice([j for j in JOBS if j[0] not in "aeiou"]), "What did {t} work as?|What was {t}'s first job?|{t} job", "Career"),
        _f("Received the {v} Prize.|Won the {v} Prize.", word, "Which prize did {t} win?|What prize did {t} receive?", "Awards|Honours"),
        _f("Died on {v} after a short illness.|Death came on {v}.", date, "When did {t} die?|{t} date of death", "Death|Later years"),
        _f("He spoke {v} languages.|She spoke {v} languages.", one_of("three|four|five|six|seven"), "How many languages did {t} speak?", "Life")), small=False),
    Family(lambda r: r.choice(["MS ", "SS ", "MV ", ""]) + word(r), (
        _f("The ship is {v} long.|She is {v} long.|Length: {v}", number(20, 390, "metres"), "How long is {t}?|What is the length of {t}?", "Description|Design"),
        _f("She was built by {v}.|The builder was {v}.", org, "Who built {t}?|builder of {t}", "Construction|History"),
        _f("She ran aground off {v}.|Off {v} the ship ran aground.", place, "Where did {t} run aground?", "Accident|Loss"),
        _f("Her first captain was {v}.|{v} was the first captain.", person, "Who was the first captain of {t}?", "Service|Crew"),
        _f("The engine gives {v}.|Her engine has {v}.", number(300, 9000, "horsepower"), "How strong is the engine of {t}?|engine power {t}", "Machinery"),
        _f("She takes {v} passengers.|There is room for {v} passengers.", number(20, 3000), "How many passengers does {t} take?|passengers {t}", "Capacity"),
        _f("She was launched in {v}.|The launch was in {v}.", year(1880), "When was {t} launched?", "Construction|History")), "the", small=False),
    Family(lambda r: word(r) + r.choice(["DB", " Editor", " CLI", "Mail", "Sync", " Player", "Lint"]), (
        _f("It is written in {v}.|The program is written in {v}.", one_of("Rust|Python|Go|C++|Java|Haskell|Ruby"), "Which language is {t} written in?|What is {t} written in?", "Overview|Development"),
        _f("Settings are kept in {v}.|The settings file is {v}.", lambda r: f"~/.{word(r).lower()}rc", "Where does {t} keep its settings?|Where are the settings of {t}?|{t} settings file", "Configuration|Settings"),
        _f("By default it listens on port {v}.|The default port is {v}.", number(1024, 9999), "Which port does {t} listen on?|What is the default port of {t}?|{t} port", "Network|Configuration"),
        _f("The licence is {v}.|It is published under {v}.", one_of("MIT|the GPL|Apache 2.0|BSD|the Mozilla licence"), "What is the licence of {t}?|Under which licence is {t} published?|{t} license", "Licence|License"),
        _f("Install it with `{v}`.|Run `{v}` to install it.", lambda r: f"{r.choice(['pip install', 'apt install', 'brew install', 'cargo install'])} {word(r).lower()}", "How do I install {t}?|install {t}|How is {t} installed?", "Installation|Install|Getting started"),
        _f("Press {v} to save.|{v} saves the file.", one_of("Ctrl+S|F2|Ctrl+W|Cmd+S|Alt+S"), "How do I save in {t}?|Which key saves in {t}?", "Keys|Shortcuts"),
        _f("It needs at least {v} of memory.|At least {v} of memory is required.", lambda r: f"{r.randint(2, 64)} GB", "How much memory does {t} need?|memory {t}", "Requirements"),
        _f("Version {v} came out last month.|The current version is {v}.", lambda r: f"{r.randint(1, 9)}.{r.randint(0, 30)}", "What is the current version of {t}?|latest version {t}", "Releases|Changelog")), small=False),
    Family(lambda r: f"{r.choice(['Harbour', 'Water', 'Data', 'Forest', 'School', 'Road', 'Animal', 'Noise', 'Fishing', 'Building'])} {r.choice(['Act', 'Ordinance', 'Code', 'Regulation'])}{r.choice(['', ' ' + str(r.randint(1950, 2025))])}", (
        _f("It came into force on {v}.|This takes effect on {v}.|Effective date: {v}", date, "When did {t} come into force?|When does {t} take effect?|effective date {t}", "Entry into force|Effective date|Commencement"),
        _f("Whoever breaks it pays a fine of up to {v}.|The fine is up to {v}.", money, "What is the fine under {t}?|How high is the fine for breaking {t}?", "Penalties|Offences"),
        _f("A permit is valid for {v}.|Permits last {v}.", duration, "How long is a permit valid under {t}?|How long does a permit under {t} last?", "Permits|Licences"),
        _f("Appeals go to {v}.|Complaints are heard by {v}.", one_of("the county court|the harbour board|the minister|the regional office|the ombudsman"), "Who hears complaints under {t}?|Where do appeals under {t} go?", "Appeals"),
        _f("It was passed by {v}.|{v} passed it.", one_of("the senate|parliament|the city council|the county assembly"), "Who passed {t}?", "History"),
        _f("It replaces the rules of {v}.|The rules of {v} are repealed.", year(), "Which rules does {t} replace?", "Repeal")), "the", small=False),
    Family(lambda r: f"{word(r)} {r.choice(['Festival', 'Marathon', 'Book Fair', 'Regatta', 'Jazz Days', 'Conference', 'Flower Show'])}{r.choice(['', ' ' + str(r.randint(1990, 2026))])}", (
        _f("It takes place on {v}.|Doors open on {v}.|Date: {v}", date, "When is {t}?|When does {t} take place?|date of {t}", "Date|When"),
        _f("The venue is {v}.|It is held in {v}.|Place: {v}", lambda r: word(r) + " Hall", "Where is {t} held?|Where does {t} take place?|{t} venue", "Venue|Where"),
        _f("Tickets cost {v}.|A ticket is {v}.|Admission: {v}", money, "How much is a ticket for {t}?|What do tickets for {t} cost?|{t} ticket price", "Tickets|Admission"),
        _f("{v} people came last time.|Last time it drew {v} visitors.", number(300, 90000), "How many people came to {t}?|{t} visitors", "Attendance|Visitors"),
        _f("The winner was {v}.|{v} won.", person, "Who won {t}?|winner of {t}", "Results"),
        _f("Registration closes on {v}.|Register by {v}.", lambda r: f"{r.randint(1, 28)} {r.choice(['May', 'June', 'March', 'April'])} at noon", "When does registration for {t} close?|By when must I register for {t}?", "Registration|How to register"),
        _f("The opening speech is given by {v}.|{v} will open it.", person, "Who opens {t}?|Who gives the opening speech at {t}?", "Programme|Program")), "the", small=False),
    Family(org, (
        _f("The company was founded in {v}.|Founded in {v}.|It was founded in {v}.", year(), "When was {t} founded?|founding year of {t}", "History|About us"),
        _f("The head office is in {v}.|It has its seat in {v}.", place, "Where is the head office of {t}?|Where is {t} based?", "Contact|About us|Overview"),
        _f("It employs {v} people.|Some {v} people work here.|The company has {v} employees.", number(20, 90000), "How many people work for {t}?|How many employees does {t} have?|{t} employees", "Staff|Overview"),
        _f("The chairman is {v}.|{v} leads the board.|CEO: {v}", person, "Who leads {t}?|Who is the head of {t}?|{t} CEO", "Management|Board"),
        _f("Last year's revenue was {v}.|The revenue was {v}.", lambda r: f"{r.randint(2, 900)} million euros", "What was the revenue of {t}?|How much did {t} earn?|{t} revenue", "Finance|Results"),
        _f("Orders can be returned within {v}.|You may send goods back within {v}.", duration, "How long can I return orders from {t}?|Within what time can goods from {t} be returned?|{t} returns", "Returns|FAQ"),
        _f("Call us at {v}.|Phone: {v}", lambda r: f"{r.randint(20, 99)} {r.randint(100, 999)} {r.randint(100, 999)}", "What is the phone number of {t}?|How can I call {t}?|{t} phone", "Contact")), small=False),
    Family(lambda r: f"The {r.choice(COLOURS).capitalize()} {r.choice(['River', 'Door', 'Summer', 'Letter', 'Winter', 'Garden', 'Island'])}", (
        _f("It was directed by {v}.|The director was {v}.", person, "Who directed {t}?|director of {t}", "Production|Cast and crew"),
        _f("The music is by {v}.|{v} wrote the music.", person, "Who wrote the music of {t}?|music {t}", "Music"),
        _f("It was shot in {v}.|Shooting took place in {v}.", place, "Where was {t} shot?|Where was {t} filmed?", "Production|Filming"),
        _f("The film runs {v}.|Running time: {v}", number(62, 220, "minutes"), "How long is {t}?|running time {t}", "Release"),
        _f("It earned {v} at the box office.|The box office was {v}.", lambda r: f"{r.randint(2, 900)} million dollars", "How much did {t} earn?|{t} box office", "Reception|Box office"),
        _f("The leading part is played by {v}.|{v} plays the lead.", person, "Who plays the lead in {t}?|Who stars in {t}?", "Cast"),
        _f("It tells of {v}.|The story is about {v}.", lambda r: f"a {r.choice(JOBS)} who loses {r.choice(['a ship', 'a brother', 'a letter', 'the way home'])}", "What is {t} about?|{t} plot", "Plot")), small=False),
    Family(lambda r: f"{r.choice(['Common', 'Alpine', 'Red', 'Blue', 'Mountain', 'Sea', 'Field'])} {r.choice(['heron', 'poppy', 'otter', 'gentian', 'falcon', 'trout', 'holly', 'moth', 'juniper', 'tern'])}", (
        _f("It grows up to {v}.|It reaches {v}.", number(3, 190, "centimetres"), "How tall does {t} get?|How big does {t} get?|size of {t}", "Description"),
        _f("It is found in {v}.|Its home is {v}.", one_of("the Alps|northern forests|salt marshes|the Baltic coast|mountain meadows|slow rivers"), "Where is {t} found?|Where does {t} live?|{t} habitat", "Habitat|Distribution"),
        _f("It feeds on {v}.|Its food is {v}.", one_of("small fish|beetles|seeds|moss|snails|grass|worms"), "What does {t} feed on?|What does {t} eat?", "Food|Diet|Ecology"),
        _f("It lives for about {v}.|The life span is {v}.", duration, "How long does {t} live?|life span of {t}", "Life cycle"),
        _f("It was first described by {v}.|{v} described it first.", person, "Who first described {t}?", "Taxonomy|Discovery")), "the"),
    Family(lambda r: f"{word(r)} {r.choice(['Museum', 'Library', 'Swimming Pool', 'Zoo', 'Gallery', 'Castle', 'Clinic', 'Town Hall'])}", (
        _f("Open {v}.|We are open {v}.|{v}|Opening hours: {v}", lambda r: f"{r.choice(['daily', 'Monday to Friday', 'Tuesday to Sunday', 'on weekdays'])} {hours(r)}", "When is {t} open?|What are the opening hours of {t}?|opening hours {t}", "Opening hours|Hours|Visit"),
        _f("Admission is {v}.|Adults pay {v}.|Admission: {v}", money, "How much is admission to {t}?|What does it cost to visit {t}?|{t} admission", "Admission|Prices|Tickets"),
        _f("Closed on {v}.|We are closed on {v}.", one_of("|".join(day + "s" for day in WEEKDAYS)), "When is {t} closed?|On which day is {t} closed?", "Opening hours|Closed"),
        _f("The collection holds {v} items.|There are {v} items in the collection.", number(300, 900000), "How many items does {t} hold?|How large is the collection of {t}?", "Collection"),
        _f("Take bus {v}.|Bus {v} stops at the door.", number(2, 99), "Which bus goes to {t}?|How do I get to {t}?|bus {t}", "Getting here|Directions"),
        _f("The architect was {v}.|It was designed by {v}.", person, "Who designed {t}?|architect of {t}", "Building|History"),
        _f("Dogs are {v}.|As for dogs: they are {v}.", one_of("allowed on a lead|not allowed|welcome in the garden|allowed in the café only"), "Are dogs allowed in {t}?|Can I bring a dog to {t}?", "FAQ|Rules")), "the", small=False),
    Family(lambda r: f"{r.choice(['Introduction to', 'Advanced', 'Evening course in', 'Basics of'])} {r.choice(SUBJECTS)}", (
        _f("The teacher is {v}.|It is taught by {v}.|Lecturer: {v}", person, "Who teaches {t}?|teacher {t}", "Teacher|Staff"),
        _f("The exam is on {v}.|Exam: {v}", date, "When is the exam of {t}?|exam date {t}", "Exam|Assessment"),
        _f("It meets on {v}.|Lessons are on {v}.", one_of("|".join(day + "s" for day in WEEKDAYS)), "When does {t} meet?|On which day is {t}?", "Schedule|Timetable"),
        _f("It costs {v}.|The fee is {v}.", money, "How much does {t} cost?|What is the fee for {t}?", "Fee|Costs"),
        _f("There are {v} places.|At most {v} people can take part.", number(6, 90), "How many people can take part in {t}?|places {t}", "Registration"),
        _f("You should bring {v}.|Please bring {v}.", one_of("a laptop|a notebook|a calculator|good shoes|a dictionary"), "What should I bring to {t}?", "What to bring"))),
    Family(lambda r: f"How to {r.choice(['mend', 'clean', 'paint', 'store', 'sharpen', 'fold', 'wash', 'repair'])} a {r.choice(['net', 'boat', 'knife', 'sail', 'wool coat', 'chimney', 'bicycle chain', 'window', 'drum', 'saddle'])}", (
        _f("First you need {v}.|You need {v}.", one_of("a thread of hemp|warm water and soap|a wooden needle|fine sandpaper|linseed oil|a soft brush"), "What do I need {u}?|What is needed {u}?", "You need|Tools"),
        _f("It takes {v}.|Plan {v} for it.", duration, "How long does it take {u}?", "Time"),
        _f("Let it dry for {v}.|It has to dry for {v}.", duration, "How long must it dry when I {x}?", "Drying|Step 3"),
        _f("Never use {v}.|Do not use {v}.", one_of("hot water|bleach|steel wool|olive oil|tape"), "What should I never use {u}?|What should not be used {u}?", "Warnings|Take care"),
        _f("The method comes from {v}.|{v} showed us the method.", person, "Who showed how {u}?", "Source")), small=False),
)  # fmt: skip
TEST = (
    Family(lambda r: f"{word(r)} {r.choice(['tablets', 'drops', 'ointment', 'syrup'])}", (
        _f("Take {v}.|The usual dose is {v}.", one_of("one tablet a day|two drops every morning|5 ml three times a day|a thin layer twice a day"), "What is the dose of {t}?|How much {t} should I take?|dose {t}", "Dosage"),
        _f("Store below {v}.|Keep it below {v}.", lambda r: f"{r.randint(5, 30)} °C", "How should {t} be stored?|At what temperature is {t} kept?", "Storage"),
        _f("It may cause {v}.|Some people get {v}.", one_of("headache|a dry mouth|dizziness|a rash|stomach pain"), "What side effects can {t} have?|side effects {t}", "Side effects"),
        _f("The maker is {v}.|It is made by {v}.", org, "Who makes {t}?|maker of {t}", "Manufacturer"),
        _f("Once opened, it keeps for {v}.|Use within {v} of opening.", duration, "How long does {t} keep once opened?", "Storage")), small=False),
    Family(lambda r: f"{word(r)} {r.choice(['Bridge', 'Tunnel', 'Dam', 'Lighthouse'])}", (
        _f("It cost {v}.|The whole work cost {v}.", lambda r: f"{r.randint(2, 900)} million crowns", "What did {t} cost?|How much did {t} cost?|cost of {t}", "Cost"),
        _f("The engineer was {v}.|It was planned by {v}.", person, "Who planned {t}?|Who was the engineer of {t}?", "Planning"),
        _f("It opened in {v}.|Traffic began in {v}.", year(), "When did {t} open?|opening of {t}", "History"),
        _f("It is built of {v}.|The material is {v}.", one_of("|".join(MATERIALS)), "What is {t} built of?", "Structure"),
        _f("The toll is {v}.|Cars pay {v}.", money, "How much is the toll of {t}?|{t} toll", "Toll")), "the", small=False),
    Family(lambda r: f"The {word(r)} Podcast", (
        _f("The host is {v}.|It is hosted by {v}.", person, "Who hosts {t}?|host of {t}", "About"),
        _f("A new part comes out every {v}.|New on {v}.", one_of("|".join(WEEKDAYS)), "When do new parts of {t} come out?", "Schedule"),
        _f("The first guest was {v}.|{v} was the first guest.", person, "Who was the first guest of {t}?", "Guests"),
        _f("It is about {v}.|The subject is {v}.", one_of("old maps|bird songs|lost cities|trains|bread"), "What is {t} about?", "About"),
        _f("It has {v} listeners.|{v} people listen.", number(200, 90000), "How many listeners does {t} have?", "Audience")), small=False),
    Family(lambda r: f"{word(r)} {r.choice(['Glacier', 'Cave', 'Lake', 'Desert'])}", (
        _f("It covers {v}.|The area is {v}.", number(2, 9000, "km²"), "How large is {t}?|area of {t}", "Geography"),
        _f("It was found by {v}.|{v} found it.", person, "Who found {t}?", "Discovery"),
        _f("The deepest point is {v}.|It is {v} deep.", number(20, 900, "metres"), "How deep is {t}?|depth of {t}", "Geography"),
        _f("The nearest town is {v}.|From {v} it is an hour on foot.", place, "What is the nearest town to {t}?", "Access"),
        _f("The legend tells of {v}.|Legend has it that it hides {v}.", one_of("a golden bell|a sleeping king|seven sisters|a drowned village"), "What does the legend of {t} tell of?", "Legend")), small=False),
)  # fmt: skip
