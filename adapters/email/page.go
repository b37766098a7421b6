package email

// TextOf is the text of a page, as of one that came by mail: nothing that it
// points at is fetched.
func TextOf(html string) string { return cleanText(htmlToText(html)) }

// SafeName is a name under which a file can be kept anywhere: without folders,
// control characters and the names of devices, at most 120 bytes. number names
// a file that has none.
func SafeName(name, typ string, number int) string {
	return fileName(cleanLine(name, maxNameBytes), typ, number)
}
