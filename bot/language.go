package bot

import "unicode"

const (
	// languageRead is how much of a text tells its language, in characters, and
	// fewLetters how many letters tell nothing.
	languageRead = 2000
	fewLetters   = 4
)

// WrittenIn guesses in which of the desk's languages a text is written: Russian
// where a third of the letters are Cyrillic, since names and code in it are not,
// else English. It is false where there are too
// few letters to tell.
func WrittenIn(text string) (Language, bool) {
	cyrillic, latin, read := 0, 0, 0
	for _, c := range text {
		if read++; read > languageRead {
			break
		}
		switch {
		case unicode.Is(unicode.Cyrillic, c):
			cyrillic++
		case unicode.Is(unicode.Latin, c):
			latin++
		}
	}
	switch {
	case cyrillic+latin < fewLetters:
		return "", false
	case 2*cyrillic >= latin:
		return "ru", true
	}
	return "en", true
}
