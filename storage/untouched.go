package storage

import (
	"slices"
	"strconv"

	"meridian/bot"
)

// untouched finds the requests of the batch that nobody has worked on: they
// have the version with which they came, nothing was said or changed on them
// since, and no request that stays refers to them.
func (u *undo) untouched(v *view) error {
	versions, err := u.made(v, "request")
	if err != nil {
		return err
	}
	referred := map[int64][]int64{} // by whom, to whom
	kept := map[int64]bool{}
	for after := int64(0); ; {
		page, err := v.Requests(bot.RequestQuery{After: after, Limit: importRows})
		if err != nil {
			return err
		}
		for _, r := range page {
			after = r.Number
			referred[r.Number] = slices.Concat([]int64{r.LinkedTo, r.Cause, r.MergedInto}, r.Links, r.CauseOf, r.Merged)
			mark, ours := versions[strconv.FormatInt(r.Number, 10)]
			if !ours {
				kept[r.Number] = true
				continue
			}
			touched, err := u.spoken(v, r.Number)
			if err != nil {
				return err
			}
			kept[r.Number] = touched || mark != strconv.Itoa(r.Version)
		}
		if len(page) < importRows {
			break
		}
	}
	keepReferred(kept, referred)
	for n := range referred {
		_, ours := versions[strconv.FormatInt(n, 10)]
		switch {
		case ours && kept[n]:
			u.done.Kept = append(u.done.Kept, n)
		case ours:
			u.requests = append(u.requests, n)
		}
	}
	slices.Sort(u.done.Kept)
	slices.Sort(u.requests)
	return nil
}

// keepReferred keeps what those that are kept refer to.
func keepReferred(kept map[int64]bool, referred map[int64][]int64) {
	var queue []int64
	for n, keep := range kept {
		if keep {
			queue = append(queue, n)
		}
	}
	for len(queue) > 0 {
		for _, to := range referred[queue[0]] {
			if keep, known := kept[to]; known && !keep {
				kept[to] = true
				queue = append(queue, to)
			}
		}
		queue = queue[1:]
	}
}

// made are the ids and marks of what the batch made of a kind.
func (u *undo) made(v *view, what string) (map[string]string, error) {
	made := map[string]string{}
	err := v.rows(`SELECT id, mark FROM imported WHERE batch = ? AND what = ?`, []any{u.Batch, what}, func(r row) error {
		var id, mark string
		err := r.Scan(&id, &mark)
		made[id] = mark
		return err
	})
	return made, err
}

// spoken reports whether something was said on a request, or changed, since the
// import.
func (u *undo) spoken(v *view, request int64) (bool, error) {
	comments, err := v.Comments(request)
	return slices.ContainsFunc(comments, func(c bot.Comment) bool {
		return c.Deleted || !c.At.Before(u.started) || !c.EditedAt.Before(u.started)
	}), err
}
