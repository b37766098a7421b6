package bot

import (
	"fmt"
	"strings"
)

// maxShown is how many files of one message are put into a thread. The others
// are with the request all the same.
const maxShown = 20

// MaxAttached is how many bytes of files a mail may carry: more is refused by
// most mail servers, since in a mail they are a third larger.
const MaxAttached = 18 << 20

// KeptFiles are those whose bytes the store has. Others are known by name alone.
func KeptFiles(files []File) (kept []File) {
	for _, f := range files {
		if f.Blob.Hash != "" {
			kept = append(kept, f)
		}
	}
	return kept
}

// ShowFiles puts what came with somebody's words into the thread of the card, as
// files to be taken and not opened. Where card and conversation are one thread
// they stand there already; those of a private request stay on its page.
func ShowFiles(tx Tx, r Request, key, from string, files []File) error {
	kept := KeptFiles(files)
	if len(kept) == 0 || r.OneFace() || r.Private {
		return nil
	}
	kept = kept[:min(len(kept), maxShown)]
	m := MessageOf(Say("relay.files", "Name", Quote(from), "List", FileNames(kept)))
	return ToDesk(tx, r, Delivery{Key: "files:" + key, Op: OpUpload, Urgency: UrgentReply, Files: kept, Message: m})
}

// FileNames are the names of files in a sentence, the first ones.
func FileNames(files []File) string {
	var names []string
	for _, f := range files[:min(len(files), filesNamed)] {
		names = append(names, f.Name)
	}
	if more := len(files) - len(names); more > 0 {
		names = append(names, fmt.Sprintf("+%d", more))
	}
	return strings.Join(names, ", ")
}

// firstFiles shows the files of a new request. Those of a forward come below the
// message that says what was forwarded.
func firstFiles(tx Tx, r Request, f Filing) error {
	if f.Mail != nil && f.Mail.Forwarded != nil || len(f.Moved) > 0 {
		return nil
	}
	return ShowFiles(tx, r, r.ID(), r.Name, f.attached())
}
