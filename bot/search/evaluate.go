package search

import "slices"

// Question is one that was asked, with the documents that answer it.
type Question struct {
	Text     string
	Answers  []string // ids; empty: no document answers it
	Foreign  bool     // it is about something else altogether
	Answers2 []string // those that are left when the flagged documents are removed
}

// Figures say how well questions find their answers. A pointer is nil where the
// questions or documents carry no such flag.
type Figures struct {
	Queries   int      `json:"queries"`
	Recall1   float64  `json:"recall_at_1"` // share of the answerable whose answer comes first
	Recall3   float64  `json:"recall_at_3"`
	MRR       float64  `json:"mrr"`
	Threshold float64  `json:"threshold"`       // the score from which on a suggestion is made
	Answered  float64  `json:"answered"`        // share of all questions that get a suggestion
	Far       *float64 `json:"false_far"`       // share of the foreign ones that get a suggestion
	Removed   *float64 `json:"false_removed20"` // share of those without an answer that get one, once the flagged documents are removed
}

// suggested is the share of answerable questions that a threshold lets through.
const suggested = 0.9

// depth is how far down the list an answer still counts for the mean rank.
const depth = 10

// Evaluate measures questions against documents. The threshold is set on tune,
// or on the questions themselves if there is nothing to tune on, so that nine of
// ten answerable questions get a suggestion. removed says which documents to
// drop for the last figure; the threshold is set anew on what is left.
func Evaluate(docs []Doc, removed map[string]bool, questions, tune []Question) Figures {
	if len(tune) == 0 {
		tune = questions
	}
	x := New(docs)
	f := Figures{Queries: len(questions), Threshold: threshold(x, tune, func(q Question) []string { return q.Answers })}
	var answerable, passed, foreign, wrong int
	for _, q := range questions {
		hits := x.Search(q.Text, depth)
		passes := len(hits) > 0 && hits[0].Score >= f.Threshold
		passed += count(passes)
		foreign += count(q.Foreign)
		wrong += count(q.Foreign && passes)
		if len(q.Answers) == 0 || q.Foreign {
			continue
		}
		answerable++
		if rank := slices.IndexFunc(hits, func(h Hit) bool { return slices.Contains(q.Answers, h.ID) }); rank >= 0 {
			f.Recall1 += float64(count(rank == 0))
			f.Recall3 += float64(count(rank < 3))
			f.MRR += 1 / float64(rank+1)
		}
	}
	n := float64(max(answerable, 1))
	f.Recall1, f.Recall3, f.MRR = f.Recall1/n, f.Recall3/n, f.MRR/n
	f.Answered = share(passed, len(questions))
	if foreign > 0 {
		far := share(wrong, foreign)
		f.Far = &far
	}
	f.Removed = withoutRemoved(docs, removed, questions, tune)
	return f
}

// withoutRemoved is the share of suggestions among questions that nothing
// answers any more.
func withoutRemoved(docs []Doc, removed map[string]bool, questions, tune []Question) *float64 {
	if len(removed) == 0 {
		return nil
	}
	x := New(slices.DeleteFunc(slices.Clone(docs), func(d Doc) bool { return removed[d.ID] }))
	gate := threshold(x, tune, func(q Question) []string { return q.Answers2 })
	var without, wrong int
	for _, q := range questions {
		if len(q.Answers2) > 0 && !q.Foreign {
			continue
		}
		without++
		hits := x.Search(q.Text, 1)
		wrong += count(len(hits) > 0 && hits[0].Score >= gate)
	}
	if without == 0 {
		return nil
	}
	s := share(wrong, without)
	return &s
}

// threshold is the score that nine of ten answerable questions reach.
func threshold(x *Index, questions []Question, answers func(Question) []string) float64 {
	var best []float64
	for _, q := range questions {
		if len(answers(q)) == 0 || q.Foreign {
			continue
		}
		score := 0.0
		if hits := x.Search(q.Text, 1); len(hits) > 0 {
			score = hits[0].Score
		}
		best = append(best, score)
	}
	if len(best) == 0 {
		return 1
	}
	slices.Sort(best)
	return best[int(float64(len(best))*(1-suggested)+1e-9)]
}

func count(b bool) int {
	if b {
		return 1
	}
	return 0
}

func share(part, of int) float64 { return float64(part) / float64(max(of, 1)) }
