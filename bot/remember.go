package bot

import "slices"

// remembering reads each request and each conversation once. What goes to
// several places at once is made of the same ones again and again.
type remembering struct {
	Tx
	requests map[int64]Request
	talks    map[int64][]Comment
}

// Remembering is a transaction that reads each request and each conversation
// once, and anew after it has written them.
func Remembering(tx Tx) Tx {
	if _, ok := tx.(*remembering); ok {
		return tx
	}
	return &remembering{Tx: tx, requests: map[int64]Request{}, talks: map[int64][]Comment{}}
}

// Request implements RequestView.
func (m *remembering) Request(number int64) (Request, error) {
	if r, ok := m.requests[number]; ok {
		return r, nil
	}
	r, err := m.Tx.Request(number)
	if err == nil {
		m.requests[number] = r
	}
	return r, err
}

// Comments implements TalkView.
func (m *remembering) Comments(request int64) ([]Comment, error) {
	if all, ok := m.talks[request]; ok {
		return slices.Clone(all), nil
	}
	all, err := m.Tx.Comments(request)
	if err == nil {
		m.talks[request] = slices.Clone(all)
	}
	return all, err
}

// SaveRequest implements RequestTx.
func (m *remembering) SaveRequest(r *Request) error {
	delete(m.requests, r.Number)
	return m.Tx.SaveRequest(r)
}

// SaveComment implements TalkTx.
func (m *remembering) SaveComment(c *Comment) error {
	clear(m.talks) // it may come from another request
	return m.Tx.SaveComment(c)
}

// MoveComments implements TalkTx.
func (m *remembering) MoveComments(to int64, comments []Comment) error {
	clear(m.talks)
	return m.Tx.MoveComments(to, comments)
}

// FinishDelivery implements OutboxTx: a receipt gives a request its thread.
func (m *remembering) FinishDelivery(d Delivery, r Receipt) error {
	delete(m.requests, d.Request)
	return m.Tx.FinishDelivery(d, r)
}
