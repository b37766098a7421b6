package cli

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"

	"meridian/bot/search"
)

// faqCmd are the commands about articles.
type faqCmd struct {
	Import faqImport `cmd:"" help:"Take articles in from Markdown files."`
	Eval   faqEval   `cmd:"" help:"Measure how well questions find their articles."`
}

// faqEval measures the search on a base of articles and questions, both files
// of JSON lines.
type faqEval struct {
	Articles string `required:"" placeholder:"FILE" help:"Articles: id, title, body and, if it is to be left out for one of the figures, removed20."`
	Queries  string `required:"" placeholder:"FILE" help:"Questions: text, article_ids and, for those that no article answers, oos; article_ids_removed20."`
	Tune     string `placeholder:"FILE" help:"Questions on which the threshold is set. Default: those of --queries."`
	JSON     bool   `name:"json" help:"Print the figures as JSON."`
}

type evalArticle struct {
	ID      string `json:"id"`
	Title   string `json:"title"`
	Body    string `json:"body"`
	Removed bool   `json:"removed20"`
}

type questionLine struct {
	Text     string          `json:"text"`
	Answers  []string        `json:"article_ids"`
	Answers2 []string        `json:"article_ids_removed20"`
	OOS      json.RawMessage `json:"oos"` // a mark, or where the question comes from
}

// Run prints the figures.
func (f *faqEval) Run(c *call) error {
	articles, err := readLines[evalArticle](f.Articles)
	if err != nil {
		return err
	}
	var docs []search.Doc
	removed := map[string]bool{}
	for _, a := range articles {
		docs = append(docs, search.Doc{ID: a.ID, Title: a.Title, Body: a.Body})
		if a.Removed {
			removed[a.ID] = true
		}
	}
	questions, err := readQuestions(f.Queries)
	if err != nil {
		return err
	}
	var tune []search.Question
	if f.Tune != "" {
		if tune, err = readQuestions(f.Tune); err != nil {
			return err
		}
	}
	figures := search.Evaluate(docs, removed, questions, tune)
	if f.JSON {
		return json.NewEncoder(c.Stdout).Encode(figures)
	}
	_, err = fmt.Fprintf(c.Stdout, "%d questions: the answer is first for %.1f %%, among three for %.1f %%, mean reciprocal rank %.3f\n"+
		"from a score of %.3f on an article is suggested: to %.1f %% of all, to %s of those about something else, to %s of those whose article was removed\n",
		figures.Queries, 100*figures.Recall1, 100*figures.Recall3, figures.MRR, figures.Threshold, 100*figures.Answered, percent(figures.Far), percent(figures.Removed))
	return err
}

func percent(share *float64) string {
	if share == nil {
		return "none"
	}
	return fmt.Sprintf("%.1f %%", 100**share)
}

func readQuestions(file string) ([]search.Question, error) {
	lines, err := readLines[questionLine](file)
	if err != nil {
		return nil, err
	}
	var out []search.Question
	for _, q := range lines {
		mark := string(q.OOS)
		foreign := mark != "" && mark != "null" && mark != "false" && mark != `""`
		out = append(out, search.Question{Text: q.Text, Answers: q.Answers, Answers2: q.Answers2, Foreign: foreign})
	}
	return out, nil
}

// readLines reads a file of JSON lines. An error names the line.
func readLines[T any](file string) ([]T, error) {
	f, err := os.Open(file) //nolint:gosec // the person names it
	if err != nil {
		return nil, err
	}
	defer f.Close()
	var all []T
	r := bufio.NewReader(f)
	for n := 1; ; n++ {
		line, err := r.ReadBytes('\n')
		if err != nil && !errors.Is(err, io.EOF) {
			return nil, err
		}
		if len(line) > 1 || len(line) == 1 && line[0] != '\n' {
			var one T
			if bad := json.Unmarshal(line, &one); bad != nil {
				return nil, fmt.Errorf("%s:%d: this is no line of JSON as it should be: %w", file, n, bad)
			}
			all = append(all, one)
		}
		if err != nil {
			return all, nil
		}
	}
}
