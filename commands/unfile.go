package commands

import "meridian/bot"

// unfile takes a request back that an emoji filed, if nobody has touched it. The
// receipt that the client has read says so from then on.
func unfile(tx bot.Tx, e bot.Event, act bot.Act, r bot.Request) error {
	if r.State != bot.New || r.Assignee != "" {
		return changedSince(tx, e, act, r)
	}
	before := r
	if refused := r.Unfile(tx.Now()); refused != nil {
		return refused
	}
	act.Undone = true
	if err := tx.SaveAct(&act); err != nil {
		return err
	}
	e.Call.Undo = true
	if err := bot.Change(tx, e, before, &r, act.Command); err != nil {
		return err
	}
	told := "told.unfiled"
	if heard, err := bot.TellUnfiled(tx, e, r); err != nil {
		return err
	} else if heard {
		told = "told.unfiled_heard"
	}
	return bot.Whisper(tx, e, bot.MessageOf(bot.Say(told, "Request", r.Part(), "Name", r.Name)))
}

// filedAlready answers a 🎫 on a message that is a request: one that was taken
// back is filed again, of another the person is told which it is. On what was
// said later in the thread it means nothing.
func filedAlready(tx bot.Tx, e bot.Event) error {
	if !e.Call.Root {
		return bot.ErrPass
	}
	r, err := request(tx, e)
	if err != nil {
		return err
	}
	if r.Unfiled {
		return refile(tx, e, r)
	}
	line := bot.ClientLine(tx.Settings(), r).Parts
	if e.Call.Person.Team() {
		line = bot.RequestLine(tx.Settings(), r)
	}
	return bot.Whisper(tx, e, bot.MessageOf(bot.Say("told.filed_already").Plus(bot.Quote(" ")).Plus(line...)))
}

func refile(tx bot.Tx, e bot.Event, r bot.Request) error {
	before := r
	r.Refile()
	e.Call.Undo = true // it is taken back like what was filed first
	if err := bot.Change(tx, e, before, &r, ""); err != nil {
		return err
	}
	if err := bot.TellRefiled(tx, e, r); err != nil {
		return err
	}
	return saveFiled(tx, e, r)
}
