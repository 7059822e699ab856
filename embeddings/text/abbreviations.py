"""Words around a full stop that decide whether it ends a sentence: English, Azerbaijani, Russian, Turkish and more.

Data alone; the rules that read it are in ``full_stops.py``. Abbreviations stand without their last full stop. One
listed in lower case is known in any case; one listed with a capital only with a capital ("Ill." but not "ill.").
"""


def _in_every_case(listing: str) -> frozenset[str]:
    words = listing.split()
    return frozenset(form for word in words for form in (word, word[0].upper() + word[1:], word.upper()))


def _folded(listing: str) -> frozenset[str]:
    return frozenset(listing.casefold().split())


NEVER_ENDING = _in_every_case(
    """
    Mr Mrs Ms Mx Dr Prof Messrs Mme Mlle Mgr Rev Hon Gen Lt Sgt Capt Cpt Cmdr Cdr Brig Supt Insp Maj Gov Sen Pvt Cpl
    Col Ph Pres Amb Assoc Asst Adm Fr Sra Srta Dra Sig Dott Av Avv Doç Yrd Uzm Sn Hz Проф Акад Доц Св Г-н Г-жа Müəl Akad
    Dos e.g i.e viz cf approx ca incl esp resp vs a.k.a f.k.a z.B d.h u.a bzw vgl evtl ggf inkl zzgl sog p.ex p.ej
    bkz örn т.е т.к т.н т.о напр ср проф акад доц г-н г-жа məs müq akad küç
    """
)
"""Always followed by what they belong to: titles before names, "e.g."."""

BEFORE_NUMBER = _in_every_case(
    """
    no nos nr núm art arts sec sect fig figs ch chap vol vols pp pg par para eq ex ref refs app abs Bd pág pag al circa
    op Stat KV BWV Cor Gal Rom Matt Eph Tim Heb Ps Isa Jer Ezek Exod Lev Deut Sam Chron Prov
    Jan Feb Mar Apr Jun Jul Aug Sep Sept Oct Nov Dec ext fax rm min max est тел рис табл гл ст стр пп mad səh tel
    """
)
"""Part of the sentence where a number follows: "No. 5", "Sept. 11", "et al. (2010)"."""

SELDOM_ENDING = _in_every_case(
    """
    Inc Ltd Co Corp Plc LLC Bros Jr Sr Esq Dept Univ Assn Ave Blvd Rd Ln Hwy Bldg St Ste Mt Ft Pt Rep Reps Sens Govs
    Drs Jan Feb Mar Apr Jun Jul Aug Sep Sept Oct Nov Dec Mon Tue Tues Wed Thu Thurs Fri Sat Sun
    Ala Ariz Ark Calif Colo Conn Fla Ga Ill Ind Kan Ky Md Mich Minn Miss Mo Mont Neb Nev Okla Ore Pa Penn Tenn Tex
    Va Vt Wash Wis Wyo Cad Sok Mah Apt Blv Şəh Ray Qəs
    al eds inc dept nos vols
    гг вв ул пер просп им гр тов н.э руб коп тыс млн млрд трлн обл р-н ред изд стр др пр
    cəm şəh qəs mln mlrd dəq b.e.ə e.ə m.ö m.s Mio Mrd Jh Str Exmo
    """
)
"""End a sentence only where the next word is one that begins sentences: "Apple Inc. The ...", not "Apple Inc. Park"."""

OFTEN_ENDING = _in_every_case("etc a.m p.m am pm usw ecc vb vd т.д т.п b.c a.d b.c.e c.e Ph.D M.D B.A M.A")
"""End a sentence where a capital follows that is not a day, a month or a time zone: "at 5 p.m. Friday"."""

AFTER_A_TIME = _folded(
    """
    monday tuesday wednesday thursday friday saturday sunday mon tue wed thu fri sat sun january february march april
    may june july august september october november december jan feb mar apr jun jul aug sep sept oct nov dec
    est edt cst cdt mst mdt pst pdt et ct pt gmt utc bst cet cest msk eastern pacific central
    """
)
"""What follows a time of day inside one sentence."""

MONTHS_AFTER_ORDINAL = _folded(
    """
    januar februar märz mai juni juli oktober dezember
    ocak şubat mart nisan mayıs haziran temmuz ağustos eylül ekim kasım aralık
    """
)
"""Months that a day with a full stop stands before, as in "am 3. Oktober"; none that English has too."""

NAME_ENDINGS = _folded("com net org io gov edu info biz ru az tr de uk eu js ts py ai tv html htm php pdf txt csv")
"""After a full stop without a space these end a name, not a sentence: "Booking.Com", "ASP.Net"."""

EXCLAIMING_NAMES = frozenset(("Yahoo", "Jeopardy"))
"""Names written with an exclamation mark."""

STARTERS = _folded(
    """
    the a an this that these those there here he she it they we you i his her its their our my your one some many most
    all both each every such several other another no not in on at by for from with without within under over after
    before during since until while when where why how what which who whose if as although though because but and or
    so yet however moreover furthermore nevertheless meanwhile instead therefore thus hence also then now today once
    to among despite unlike like according only even just more few first second third finally later prior along
    through between because upon would could should do does did is are was were has have had can additionally
    bu o onlar biz siz mən sən həmin onun onların bunun lakin amma ancaq həm isə əgər sonra daha bütün hər belə
    ben sen fakat ama çünkü ayrıca bunlar şu bir her ve ya
    он она оно они мы вы я это этот эта эти тот та те в во на по с со к ко из за от до для при о об но а и или как что
    если когда где так также однако затем потом после его её ее их все всё кроме сегодня
    der die das ein eine er sie es wir ihr ich und aber dieser diese dieses im am bei nach
    le la les un une il elle ils elles nous vous ce cette ces el los las una ellos este esta estos en
    """
)
"""Words that begin sentences and hardly ever names."""

LOWERCASE_STARTERS = _folded("i he she it they we you this these there but so then however")
"""Words that begin a sentence even in lower case, as people type, after a plain word and its stop."""
