"""Tables of rows and columns in the forms that files bring, and questions that name a row and a column."""

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

from qa.train.data.made.draft import Draft, draw
from qa.train.data.made.words import (
    CITIES,
    COLOURS,
    COUNTRIES,
    FIRST,
    JOBS,
    LAST,
    MATERIALS,
    MONTHS,
    SUBJECTS,
    WEEKDAYS,
    Maker,
    clock,
    code,
    date,
    distinct,
    duration,
    hours,
    money,
    number,
    one_of,
    org,
    percent,
    person,
    place,
    question_case,
    word,
    year,
)  # fmt: skip
from qa.train.data.records import Record

GENERAL = (
    "What is the {c} of {r}?", "What is the {c} for {r}?", "{r} {c}", "{c} {r}", "What {c} does {r} have?",
    "{c} of {r}", "{c} for {r}", "What does the table give as the {c} of {r}?", "Which {c} is listed for {r}?",
    "Tell me the {c} of {r}", "What's {r}'s {c}?",
)  # fmt: skip
BACKWARD = ("Which {h} has {v} as its {c}?", "Which {h} has the {c} {v}?", "Whose {c} is {v}?", "{h} with {c} {v}")


@dataclass(frozen=True, slots=True)
class Column:
    """One kind of value: its heads, how values are made, and questions that fit it (``{r}``: the row)."""

    heads: tuple[str, ...]
    value: Maker
    questions: tuple[str, ...] = ()
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Schema:
    """One kind of table: what its rows are, its columns, captions; ``questions`` name ``{c}`` and ``{r}``."""

    head: str
    row: Maker
    columns: tuple[Column, ...]
    captions: tuple[str, ...]
    questions: tuple[str, ...] = GENERAL


def _c(heads: str, value: Maker, *questions: str) -> Column:
    return Column(tuple(heads.split("|")), value, questions)


def _same(heads: str, value: Maker) -> tuple[Column, ...]:
    """Columns of one kind of value, as fares by ticket or hours by weekday."""
    return tuple(Column((head,), value) for head in heads.split("|"))


_crowns = lambda r: f"{r.randint(3, 300)} {r.choice(['crowns', 'euros', 'kr', 'dollars'])}"
_years = _same("2015|2016|2017|2018|2019|2020|2021|2022|2023", number(12, 9800))
TRAIN = (
    Schema("Passenger", one_of("Adult|Child|Student|Senior|Dog|Bicycle|Car|Motorcycle|Group|Infant|Pensioner"),
           _same("Single|Return|Day pass|Weekly pass|Monthly pass|Season ticket", _crowns),
           ("Ferry fares", "Fares", "Ticket prices on the {w} line", "Tickets"),
           ("How much is a {c} ticket for a {r}?", "How much does a {c} cost for a {r}?", "{r} {c} price", "What does a {r} pay for a {c}?",
            "What is the {c} fare for a {r}?", "How much is the {c} for a {r}?", "price of a {c} ticket {r}", "cost {c} {r}")),
    Schema("City", place, (_c("Population|Inhabitants", number(900, 3000000), "How many people live in {r}?", "How many inhabitants does {r} have?"),
           _c("Area", number(12, 900, "km²"), "How large is {r}?"), _c("Mayor", person, "Who is the mayor of {r}?", "Who is {r}'s mayor?", "mayor {r}"),
           _c("Founded", year(1100, 1900), "When was {r} founded?", "In what year was {r} founded?"), _c("Altitude|Elevation", number(3, 1900, "m"), "How high does {r} lie?"),
           _c("Postal code|Postcode", code)), ("Cities of {w}", "The largest cities", "Cities")),
    Schema("Player", person, (_c("Goals", number(0, 90), "How many goals did {r} score?", "How many goals has {r}?"), _c("Club|Team", lambda r: r.choice(CITIES) + " United", "Which club does {r} play for?", "Who does {r} play for?"),
           _c("Appearances|Caps", number(100, 400), "How many appearances did {r} make?"), _c("Position", one_of("goalkeeper|defender|midfielder|striker"), "What position does {r} play?"),
           _c("Born|Year of birth", year(1960, 2005), "When was {r} born?")), ("Top scorers", "Squad", "Players of the season")),
    Schema("Item", lambda r: f"{r.choice(COLOURS)} {r.choice(['chair', 'lamp', 'kettle', 'tent', 'desk', 'rug', 'jacket'])}", (_c("Price|Cost", money, "How much does the {r} cost?", "What does the {r} cost?", "How much is the {r}?"),
           _c("Weight", number(2, 80, "kg"), "How heavy is the {r}?", "How much does the {r} weigh?"), _c("Material", one_of("|".join(MATERIALS)), "What is the {r} made of?"),
           _c("Stock|In stock", number(100, 900), "How many of the {r} are in stock?"), _c("Warranty|Guarantee", duration, "How long is the warranty of the {r}?")), ("Price list", "Our products", "Catalogue {y}")),
    Schema("Name", person, (_c("Department", one_of("Sales|Finance|Legal|Research|Support|Design|Logistics"), "Which department is {r} in?", "Where does {r} work?"), _c("Phone|Telephone|Ext.", lambda r: f"{r.randint(20, 99)}-{r.randint(1000, 9999)}", "What is {r}'s phone number?", "How can I reach {r} by phone?"),
           _c("Room|Office", lambda r: f"{r.choice('ABCD')}{r.randint(100, 499)}", "Which room is {r} in?", "Where is {r}'s office?"), _c("Email|E-mail", lambda r: f"{r.choice(FIRST).lower()}.{r.choice(LAST).lower()}@example.org", "What is {r}'s email address?"),
           _c("Position|Job title", one_of("|".join(JOBS)), "What is {r}'s job?", "What does {r} do?")), ("Staff", "Contacts", "Telephone list")),
    Schema("Stop", place, (_c("Arrival|Arr.", clock, "When does the train reach {r}?", "When does it arrive in {r}?"), _c("Departure|Dep.", lambda r: f"{r.randint(10, 23)}:{r.randint(10, 59)}", "When does the train leave {r}?", "When does it leave {r}?"),
           _c("Platform|Track", number(1, 24), "From which platform does the train leave in {r}?"), _c("Distance", number(3, 700, "km"))), ("Timetable", "Train {n}", "Line {n}")),
    Schema("Room", lambda r: r.choice(["", "Suite ", "Room "]) + word(r), (_c("Beds", number(1, 6), "How many beds are in {r}?"), _c("Price per night|Rate", _crowns, "How much is a night in {r}?", "What does {r} cost per night?"),
           _c("View", one_of("sea|garden|street|mountains|courtyard"), "What is the view from {r}?"), _c("Floor", one_of("first|second|third|fourth|ground"), "On which floor is {r}?")), ("Rooms and rates", "Our rooms")),
    Schema("Course", lambda r: r.choice(SUBJECTS).capitalize() + " " + r.choice(["I", "II", "A", "B", "101"]), (_c("Teacher|Lecturer|Instructor", person, "Who teaches {r}?", "Who gives {r}?"), _c("Credits|ECTS", number(2, 15), "How many credits does {r} give?"),
           _c("Day|Weekday", one_of("|".join(WEEKDAYS)), "On which day is {r}?", "What day is {r} taught?"), _c("Room", lambda r: f"room {r.randint(10, 300)}", "Where is {r} held?"), _c("Exam|Exam date", date, "When is the exam in {r}?")), ("Courses", "Autumn term {y}")),
    Schema("Ship", word, (_c("Built|Year built", year(1880, 2020), "When was the {r} built?", "In what year was {r} built?"), _c("Captain|Master", person, "Who is captain of the {r}?", "Who commands {r}?"), _c("Length", number(12, 390, "m"), "How long is the {r}?"),
           _c("Home port|Port", place, "What is the home port of {r}?"), _c("Owner", org, "Who owns the {r}?"), _c("Tonnage", number(800, 90000), "What is the tonnage of {r}?")), ("Ships in port", "The fleet", "Fleet list")),
    Schema("Branch", place, _same("Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday", hours), ("Opening hours", "Hours", "When we are open"),
           ("When is {r} open on {c}?", "What are the opening hours of {r} on {c}?", "{r} {c} opening hours", "What time does {r} open on {c}?", "How long is {r} open on {c}?", "{r} {c}")),
    Schema("Department", lambda r: r.choice(["Sales", "Rent", "Wages", "Travel", "Energy", "Exports", "Imports", "Repairs", "Advertising", "Visitors", "Members", "Accidents"]), _years,
           ("Figures in thousands", "Annual report, table {n}", "Results"), ("What was the figure for {r} in {c}?", "How high were {r} in {c}?", "{r} in {c}", "{r} {c}", "What does the table say about {r} in {c}?", "How much was spent on {r} in {c}?")),
    Schema("Food", one_of("Oatmeal|Rice|Butter|Milk|Salmon|Chicken|Lentils|Spinach|Bread|Cheese|Walnuts"), (_c("Energy|Calories", number(40, 800, "kcal"), "How many calories does {r} have?"), _c("Fat", number(1, 60, "g"), "How much fat is in {r}?", "How much fat does {r} contain?"),
           _c("Protein", number(61, 90, "g"), "How much protein does {r} contain?"), _c("Salt", lambda r: f"{r.randint(0, 3)}.{r.randint(1, 9)} g", "How much salt is in {r}?"), _c("Sugar", lambda r: f"{r.randint(4, 40)}.{r.randint(1, 9)} g", "How much sugar is in {r}?")), ("Nutrition per 100 g", "Nutrition facts")),
    Schema("Order", lambda r: r.choice(["", "Order ", "Parcel "]) + code(r), (_c("Customer|Recipient", person, "Who ordered {r}?", "Who is the customer of {r}?"), _c("Date|Ordered", date, "When was {r} ordered?"), _c("Status", one_of("shipped|pending|cancelled|delivered|returned"), "What is the status of {r}?"), _c("Total|Amount", money, "How much was {r}?"),
           _c("Destination", place, "Where did {r} go?")), ("Orders", "Orders of {m}")),
    Schema("Plant", one_of("Tomato|Basil|Carrot|Onion|Pumpkin|Radish|Lettuce|Leek|Bean|Pea|Parsley|Beetroot"), (_c("Sowing|Sow in", one_of("|".join(MONTHS)), "When should {r} be sown?", "When do you sow {r}?"), _c("Harvest", lambda r: "late " + r.choice(MONTHS), "When is {r} harvested?"), _c("Spacing", number(3, 90, "cm"), "How far apart should {r} be planted?"), _c("Depth", lambda r: f"{r.randint(5, 40)} mm", "How deep is {r} sown?")), ("Sowing calendar", "The kitchen garden")),
    Schema("Model", lambda r: word(r) + " " + str(r.randint(2, 90)), (_c("Battery|Battery life", duration, "How long does the battery of the {r} last?"), _c("Screen|Display", lambda r: f"{r.randint(4, 17)}.{r.randint(1, 9)} inches", "How big is the screen of the {r}?"), _c("Memory|Storage", lambda r: f"{2 ** r.randint(3, 10)} GB", "How much memory does the {r} have?"), _c("Price", money, "How much does the {r} cost?"), _c("Colour|Color", one_of("|".join(COLOURS)), "What colour is the {r}?")), ("Models compared", "Specifications")),
    Schema("Party", lambda r: r.choice(["Green", "Liberal", "Labour", "Civic", "Unity", "Reform", "Centre"]) + " Party", (_c("Votes", number(1000, 900000), "How many votes did the {r} get?"), _c("Share|%", percent, "What share of the vote did the {r} get?"), _c("Seats", number(1, 90), "How many seats did the {r} win?"), _c("Leader", person, "Who leads the {r}?", "Who is the leader of the {r}?")), ("Results of the election", "Election {y}")),
)  # fmt: skip
TEST = (
    Schema("Country", one_of("|".join(COUNTRIES)), _same("Gold|Silver|Bronze", number(1, 60)), ("Medals", "Medal table"),
           ("How many {c} medals did {r} win?", "{r} {c} medals", "How many {c} medals has {r}?")),
    Schema("River", lambda r: word(r), (_c("Source", lambda r: "Lake " + word(r), "Where does the {r} rise?"), _c("Mouth", lambda r: word(r) + " Bay", "Where does the {r} end?"), _c("Length", number(30, 3000, "km"), "How long is the {r}?"), _c("Discharge", number(20, 9000, "m³/s"), "What is the discharge of the {r}?")), ("Rivers of {w}",)),
    Schema("Licence", one_of("Basic|Team|Business|Free|Personal|School|Nonprofit"), (_c("Users|Seats", number(1, 500), "How many users does the {r} licence allow?"), _c("Monthly price", money, "How much is the {r} licence a month?"), _c("Support", one_of("by email|by phone|none|round the clock"), "What support comes with the {r} licence?"), _c("Storage", lambda r: f"{r.randint(2, 900)} GB", "How much storage comes with {r}?")), ("Plans", "Compare licences")),
    Schema("Hall", lambda r: word(r) + " Hall", (_c("Capacity", number(100, 9000), "How many people does {r} hold?"), _c("Rent per day", _crowns, "What does it cost to rent {r} for a day?"), _c("Caretaker", person, "Who is the caretaker of {r}?"), _c("Stage", number(20, 300, "m²"), "How big is the stage of {r}?")), ("Halls to let",)),
    Schema("Patient", person, (_c("Ward", lambda r: f"ward {r.randint(1, 30)}", "On which ward is {r}?"), _c("Doctor", lambda r: "Dr " + r.choice(LAST), "Who is {r}'s doctor?"), _c("Admitted", date, "When was {r} admitted?"), _c("Diet", one_of("vegetarian|low salt|no sugar|normal"), "What diet is {r} on?")), ("Patients",)),
)  # fmt: skip
FORM_FIELDS = (
    ("Ship|Name of ship|Vessel", word, ("What is the name of the ship?", "Which ship is it?", "ship name")), ("Owner", person, ("Who is the owner?", "Who owns it?", "owner")),
    ("Date of birth", date, ("What is the date of birth?", "When was the applicant born?")), ("Applicant|Name of applicant", person, ("Who is the applicant?", "What is the applicant's name?")),
    ("Home port", place, ("What is the home port?", "Which port is given as home port?")), ("Amount due|Total due", money, ("How much is due?", "What is the amount due?")),
    ("Invoice number|Invoice no.", lambda r: f"{r.randint(10, 99)}-{r.randint(1000, 9999)}", ("What is the invoice number?", "invoice number")), ("Due date|Payable by", date, ("When is the payment due?", "By when must it be paid?", "due date")),
    ("Length overall", number(5, 90, "m"), ("What is the length overall?", "How long is the vessel?")), ("Engine", lambda r: f"{word(r)} D{r.randint(2, 90)}", ("Which engine does it have?", "What is the engine?")),
    ("Contact person", person, ("Who is the contact person?", "Who should be contacted?")), ("Effective date", date, ("What is the effective date?", "When does it take effect?", "effective date")),
    ("Version", lambda r: f"{r.randint(1, 9)}.{r.randint(0, 9)}.{r.randint(0, 9)}", ("Which version is it?", "What version is this?")), ("Author", person, ("Who is the author?", "Who wrote this?")),
    ("Venue|Place", lambda r: word(r) + " Hall", ("Where does it take place?", "What is the venue?", "venue")), ("Flag", one_of("|".join(COUNTRIES)), ("What flag does it fly?", "Under which flag is it?")),
    ("Call sign", lambda r: "L" + code(r), ("What is the call sign?", "call sign")), ("Insurance", org, ("Who is the insurer?", "Which insurance company is it?")),
    ("Approved by", person, ("Who approved it?", "By whom was it approved?")), ("Serial number", code, ("What is the serial number?", "serial number")),
)  # fmt: skip


def _grid(r: Random, schema: Schema) -> tuple[list[str], list[Column], list[str], list[list[str]]] | None:
    """Return rows (one more than shown, for unanswerable questions), columns, their heads and the cells."""
    count = r.randint(2, 10)
    rows = distinct(r, schema.row, count + 1)
    columns = r.sample(list(schema.columns), min(len(schema.columns), r.randint(2, 6)))
    if schema.columns[:2] == _years[:2]:
        columns.sort(key=lambda column: column.heads)
    if len(rows) < 3 or len(columns) < 2:
        return None
    heads = [r.choice(column.heads) for column in columns]
    cells = [[column.value(r) for column in columns] for _ in rows[:-1]]
    return rows, columns, heads, cells


def _lay_out(r: Random, draft: Draft, head: str, heads: list[str], rows: list[str], cells: list[list[str]]) -> str:
    """Write the table in one of the forms; return the form's name."""
    form = r.choice(["pipes", "pipes", "markdown", "tabs", "csv", "records", "records", "blocks"])
    if form == "csv" and any("," in cell for row in cells for cell in row):
        form = "pipes"
    if form in ("records", "blocks"):
        _write_records(r, draft, [head, *heads], rows, cells, form)
        return form
    join = {"pipes": " | ", "markdown": " | ", "tabs": "\t", "csv": r.choice([",", ", "])}[form]
    edge = ("| ", " |") if form == "markdown" else ("", "")
    draft.add(edge[0] + join.join([head, *heads]) + edge[1] + "\n")
    if form == "markdown":
        draft.add("|" + "|".join(r.choice(["---", "---", ":--"]) for _ in range(len(heads) + 1)) + "|\n")
    for number_, (row, values) in enumerate(zip(rows, cells)):
        draft.add(edge[0])
        draft.mark(row, number_, "row")
        for column, value in enumerate(values):
            draft.add(join)
            draft.mark(value, number_, str(column))
        draft.add(edge[1] + "\n")
    return form


def _write_records(
    r: Random, draft: Draft, heads: list[str], rows: list[str], cells: list[list[str]], form: str
) -> None:
    between, after = (r.choice(["; ", "; ", ", "]), "\n") if form == "records" else ("\n", "\n\n")
    if between == ", " and any("," in cell for row in cells for cell in row):
        between = "; "
    end = r.choice(["", "."]) if form == "records" else ""
    for number_, (row, values) in enumerate(zip(rows, cells)):
        draft.add(heads[0] + ": ")
        draft.mark(row, number_, "row")
        for column, value in enumerate(values):
            draft.add(f"{between}{heads[column + 1]}: ")
            draft.mark(value, number_, str(column))
        draft.add(end + after)


def _caption(r: Random, schema: Schema) -> str:
    text = r.choice(schema.captions)
    return text.format(w=word(r), y=r.randint(1990, 2026), n=r.randint(1, 40), m=r.choice(MONTHS))


def _name_column(r: Random, head: str) -> str:
    """Write a column head as in a question."""
    return (
        head
        if head.isupper() or head in WEEKDAYS or head.isdigit() or r.random() < 0.1
        else head[:1].lower() + head[1:]
    )


def _name_row(schema: Schema, row: str) -> str:
    return row.lower() if schema.head in ("Passenger", "Department", "Food", "Plant") else row


def _ask_cell(r: Random, schema: Schema, column: Column, head: str, row: str) -> str:
    forms = column.questions if column.questions and r.random() < 0.6 else schema.questions
    return r.choice(forms).format(r=_name_row(schema, row), c=_name_column(r, head))


def sample(r: Random, schemas: tuple[Schema, ...]) -> Record | None:
    """Return one question over one table."""
    schema = r.choice(schemas)
    grid = _grid(r, schema)
    if grid is None:
        return None
    rows, columns, heads, cells = grid
    draft, caption = Draft(), _caption(r, schema)
    style = r.random()
    if style < 0.4:
        draft.add(caption + r.choice(["\n", "\n\n", ":\n"]))
    line = caption if style >= 0.4 and r.random() < 0.6 else ""
    _lay_out(r, draft, schema.head, heads, rows[:-1], cells)
    chance, row, column = r.random(), r.randrange(len(cells)), r.randrange(len(columns))
    span: tuple[int, int] | None = draft.spans[row, str(column)]
    if chance < 0.7:
        question = _ask_cell(r, schema, columns[column], heads[column], rows[row])
    elif chance < 0.82:
        question, span = _ask_cell(r, schema, columns[column], heads[column], rows[-1]), None
    elif chance < 0.92:
        spare = [one for one in schema.columns if one not in columns]
        if not spare:
            return None
        other = r.choice(spare)
        question, span = _ask_cell(r, schema, other, r.choice(other.heads), rows[row]), None
    else:
        value = cells[row][column]
        if sum(value == cell for line_ in cells for cell in line_) > 1:
            return None
        question = r.choice(BACKWARD).format(h=schema.head.lower(), c=_name_column(r, heads[column]), v=value)
        span = draft.spans[row, "row"]
    return draft.record(question_case(question, r), span, "table", line)


def sample_form(r: Random) -> Record | None:
    """Return one question over lines of 'Field: value', as a filled form has them."""
    fields = r.sample(FORM_FIELDS, r.randint(3, 9))
    draft, join = Draft(), r.choice([": ", ": ", ":\n", " - ", "\t"])
    for number_, (labels, make, _) in enumerate(fields[:-1]):
        draft.add(r.choice(labels.split("|")) + join)
        draft.mark(make(r), number_, "v")
        draft.add("\n")
    if r.random() < 0.25:
        return draft.record(question_case(r.choice(fields[-1][2]), r), None, "table")
    at = r.randrange(len(fields) - 1)
    return draft.record(question_case(r.choice(fields[at][2]), r), draft.spans[at, "v"], "table")


def make(r: Random, schemas: tuple[Schema, ...], count: int) -> Iterator[Record]:
    """Yield ``count`` records, an eighth of them over forms where the schemas are those for training."""
    yield from draw(lambda: sample_form(r) if schemas is TRAIN and r.random() < 0.125 else sample(r, schemas), count)
