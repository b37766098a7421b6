package commands

import (
	"strings"

	"meridian/bot"
)

// filesOn are the files of a conversation, each name once: the newest counts.
func filesOn(comments []bot.Comment) (files []bot.File) {
	seen := map[string]bool{}
	for i := len(comments) - 1; i >= 0; i-- {
		if comments[i].Deleted {
			continue
		}
		for _, f := range bot.KeptFiles(comments[i].Files) {
			if !seen[f.Name] {
				seen[f.Name] = true
				files = append(files, f)
			}
		}
	}
	return files
}

// attached are the files that go with an answer: those of the message in which
// it was written, and those of the request that are named in the form.
func attached(v bot.View, e bot.Event, r bot.Request) (files []bot.File, err error) {
	if b, ok := e.Body.(bot.Said); ok {
		files = bot.KeptFiles(b.Files)
	}
	names := splitNames(e.Call.Args["attach"])
	if len(names) > 0 && e.Call.Surface == bot.ByForm {
		comments, err := v.Comments(r.Number)
		if err != nil {
			return nil, err
		}
		there := filesOn(comments)
		for _, name := range names {
			f, ok := fileNamed(there, name)
			if !ok {
				return nil, bot.Refuse("refuse.attach", "Words", firstOf(name, 80), "Request", r.Part(), "List", bot.FileNames(there)).In("attach")
			}
			files = append(files, f)
		}
	}
	if refused := tooLarge(files); refused != nil {
		return nil, refused
	}
	return files, nil
}

func splitNames(list string) (names []string) {
	for name := range strings.SplitSeq(list, ",") {
		if name = strings.TrimSpace(name); name != "" {
			names = append(names, name)
		}
	}
	return names
}

func fileNamed(files []bot.File, name string) (bot.File, bool) {
	for _, f := range files {
		if strings.EqualFold(f.Name, name) {
			return f, true
		}
	}
	return bot.File{}, false
}

// tooLarge refuses files that no mail carries.
func tooLarge(files []bot.File) *bot.Error {
	var size int64
	for _, f := range files {
		size += f.Size
	}
	if size <= bot.MaxAttached {
		return nil
	}
	return bot.Refuse("refuse.files_large", "Limit", bot.MaxAttached>>20).In("attach")
}
