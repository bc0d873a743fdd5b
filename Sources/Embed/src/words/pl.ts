import { Words } from "./catalogue";

export const pl: Words = {
  help: "Pomoc",
  title: "Obejrzeć tę stronę razem?",
  shared: [
    "Osoba z obsługi zobaczy stronę tego sklepu, którą oglądasz, w każdej karcie, nazwy innych kart "
      + "sklepu i położenie myszy.",
    "To, co wpisujesz, pozostaje ukryte: imiona, adresy, hasła i numery kart nie są wysyłane.",
    "Zapisujemy, kto patrzył i kiedy.",
    "Możesz zakończyć w każdej chwili.",
  ],
  recorded: "Ta sesja jest nagrywana. Nagranie mogą otworzyć tylko audytorzy.",
  yes: "Tak, udostępnij tę stronę",
  no: "Nie, dziękuję",
  end: "Zakończ",
  close: "Zamknij",
  connecting: "Łączenie …",
  waiting: "Czekamy na pomoc. Miejsce w kolejce: {place}",
  looking: "{name} ogląda stronę razem z Tobą",
  unrecorded: " (bez zapisu)",
  paused: "Nikt teraz nie patrzy. Czekamy na pomoc.",
  elsewhere: "Udostępniana jest inna karta tego sklepu.",
  asked: "{name} prosi o otwarcie karty „{tab}”.",
  hidden: "Ta strona nie jest udostępniana.",
  slow: "Udostępnianie tu przerwano: spowalniało stronę.",
  lost: "Połączenie zostało przerwane. Próbujemy ponownie …",
  busy: "Pomoc nie może się teraz rozpocząć. Próbujemy ponownie …",
  thanks: "Dziękujemy. Nic nie jest już udostępniane.",
  unavailable: "Na tej stronie pomoc nie jest dostępna.",
  fault: "Udostępnianie przerwano z powodu usterki. Nic nie jest już udostępniane.",
};
