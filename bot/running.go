package bot

import "context"

// handler runs a command with the words behind it.
func (r *Router) handler(c Command, rest string) Handler {
	run := &running{c, rest}
	h := Handler{Name: c.Name, Do: run.do}
	if c.Look != nil {
		h.Look = run.look
	}
	return h
}

// running is a command and the words behind it. It understands the event first,
// asks the role table, and only then calls the command's own Look and Do.
type running struct {
	c    Command
	rest string
}

func (r *running) look(ctx context.Context, v View, e Event) (any, error) {
	call, err := understand(v, e, r.c, r.rest)
	if err != nil {
		return nil, err
	}
	e.Call = &call
	return r.c.Look(ctx, v, e)
}

func (r *running) do(ctx context.Context, tx Tx, e Event, seen any) error {
	call, err := understand(tx, e, r.c, r.rest)
	if err != nil {
		return err
	}
	e.Call = &call
	return r.c.Do(ctx, tx, e, seen)
}
