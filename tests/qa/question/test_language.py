"""The language of a question: foreign ones are told, English ones with foreign names stay English."""

import pytest

from qa.question.language import language_of

FOREIGN = """
az Yanğını kim söndürdü?
az İlham Əliyev kimdir?
az BMT missiyası Qarabağa nə vaxt gələcək?
az Qarabağda nə baş verdi?
az Xankəndidə partlayış harada oldu?
az Əhaliyə hansı xidmətlər göstərilir?
az Portal nə üçündür?
az Ermənistan niyə müqavilə imzaladı?
az neçə nəfər xilas edildi
az Prezident polis haqqında nə dedi?
az Abidələri kim qoruyur?
az reinteqrasiya proqramı nədir
az Laçın məntəqəsi haqqında məlumat ver
az qarabaga kim getdi
az xankendide ne bas verdi
az Bu məqalə nədən bəhs edir?
az Kim yemək verir?
az Missiyaya kim rəhbərlik edib?
az ÜST-nin direktoru kimdir?
az Mina sahələri nə qədərdir?
tr Yangını kim söndürdü?
tr İlham Aliyev kimdir?
tr BM misyonu Karabağ'a ne zaman gelecek?
tr Karabağ'da ne oldu?
tr Patlama nerede oldu?
tr Halka hangi hizmetler veriliyor?
tr Portal ne için?
tr Ermenistan neden anlaşmayı imzaladı?
tr kaç kişi kurtarıldı
tr Cumhurbaşkanı polis hakkında ne dedi?
tr Anıtları kim koruyor?
tr yeniden entegrasyon programı nedir
tr Bu makale ne anlatıyor?
tr Yiyecekleri kim sağlıyor?
tr Misyona kim başkanlık etti?
tr DSÖ direktörü kimdir?
tr Laçin hakkında bilgi ver
tr karabag nerede
tr Belediye başkanı neden istifa etti?
tr Feribotta kaç yolcu vardı?
ru Кто потушил пожар?
ru Кто такой Ильхам Алиев?
ru когда миссия ООН приедет в карабах
ru Что случилось в Карабахе?
ru Где был взрыв?
ru Сколько человек спасли?
ru Зачем нужен портал?
ru почему мэр ушёл в отставку
ru Как зовут директора ВОЗ?
ru Расскажи про Лачин
de Wer hat das Feuer gelöscht?
de Wann kommt die Mission nach Karabach?
de Wo war die Explosion?
de Wie viele Menschen wurden gerettet?
de warum trat der bürgermeister zurück
de Was sagte Präsident Aliyev über die Polizei?
fr Qui a éteint l'incendie ?
fr Quand la mission viendra-t-elle au Karabakh ?
fr Où était l'explosion ?
fr Combien de personnes ont été sauvées ?
fr pourquoi le maire a démissionné
fr Qu'est-ce que le président a dit de la police ?
es ¿Quién apagó el fuego?
es ¿Cuándo llegará la misión a Karabaj?
es ¿Dónde fue la explosión?
es ¿Cuántas personas fueron rescatadas?
es por qué renunció el alcalde
es qué dijo el presidente sobre la policía
it Chi ha spento il fuoco?
it Quando arriverà la missione?
it Dove è avvenuta l'esplosione?
it Quante persone sono state salvate?
it perché il sindaco si è dimesso
pt Quem apagou o fogo?
pt Quando chegará a missão?
pt Onde foi a explosão?
pt Quantas pessoas foram salvas?
pt por que o prefeito renunciou
nl Wie heeft het vuur geblust?
nl Wanneer komt de missie naar Karabach?
nl Waar was de explosie?
nl Hoeveel mensen werden gered?
pl Kto ugasił pożar?
pl Kiedy misja przyjedzie do Karabachu?
pl Gdzie był wybuch?
pl Ile osób uratowano?
uk Хто загасив пожежу?
ar من أطفأ الحريق؟
fa چه کسی آتش را خاموش کرد؟
he מי כיבה את האש?
el Ποιος έσβησε τη φωτιά;
hy Ո՞վ մարեց հրդեհը։
ka ვინ ჩააქრო ხანძარი?
hi आग किसने बुझाई?
zh 谁扑灭了火？
ja 誰が火を消しましたか？
ko 누가 불을 껐습니까?
"""
ALIKE = {"az": {"az", "tr"}, "uk": {"ru"}, "fa": {"ar"}, "es": {"es", "fr"}, "pl": {"pl", "tr"}}
"""Languages that a short question does not always tell apart."""


@pytest.mark.parametrize("line", FOREIGN.strip().splitlines())
def test_a_question_in_another_language_is_never_taken_for_english(line):
    code, question = line.split(" ", 1)
    assert language_of(question) in ALIKE.get(code, {code})


@pytest.mark.parametrize(
    "question",
    [
        "Who is Ilham Əliyev?",
        "When was Nigeria founded?",
        "Who did Thaddeus cure?",
        "Karabakh mission",
        "What does Ishikawa mean?",
        "What is the meaning of Страна?",
        "is chilli a stew",
        "who played cruella de vil in 101 dalmatians",
        "rent per month Millbrook",
        "victory over Vikings",
        "las vegas population",
        "Die Hard director",
        "van der Vlugt architects",
        "Where did the Partisans of Đilas fight?",
        "why?",
        "2023?",
        "Baku",
        "Describe it’s subscriber growth over time.",
    ],
)
def test_english_with_foreign_names_stays_english(question):
    assert language_of(question) == "en"


def test_azerbaijani_and_turkish_are_distinguished_by_their_letters():
    assert language_of("Xankəndidə nə baş verdi?") == "az"
    assert language_of("İlham Aliyev kimdir?") == "tr"
