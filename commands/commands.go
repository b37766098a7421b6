// Package commands is what people can say to the desk, and what the desk does
// unasked: one file a feature. The conversations in testdata are its tests and
// its manual.
package commands

import "meridian/bot"

// All lists every command. Order matters where an emoji means several: the
// first whose action the person may do wins.
func All() []bot.Command {
	return []bot.Command{
		file(), fileIt(), join(), show(), list(),
		take(), escalate(), urge(), wake(), solve(), confirm(), reopen(), same(), newQuestion(), promised(), closing(),
		reply(), note(), undo(),
		ask(), send(), canned(), remind(), confirmed(), link(), unlink(), cause(), replyall(), solveall(), merge(), split(),
		find(), give(), query(), hold(), resume(), pause(), tag(), class(), level(), asBug(), asIdea(),
		convert(), fill(), missing(), thank(), private(), complaint(), lift(), unsettled(), gift(), gifts(), client(),
		board(), signIn(), overheard(), rules(), original(), address(), quiet(), normal(), everything(), switches(), alert(), stuck(), replay(),
		moved(), deal(),
		faq(), article(), sendArticle(), otherArticle(), noArticle(), thatSolvedIt(), notIt(), nudge(), nudgeChange(), digest(), digestTake(), sample(), help(),
	}
}

// Unasked lists the handlers of events that are no command, in order: the
// first to claim an event ends it.
func Unasked() bot.Unasked {
	return bot.Unasked{
		Said:    []bot.Handler{asked(), comment(), intake()},
		Reacted: []bot.Handler{thumb()},
		Edited:  []bot.Handler{unasked(), edited(), reheard()},
		Deleted: []bot.Handler{unasked(), deleted(), reheard()},
		Mailed:  []bot.Handler{mailAgain(), mailComplaint(), mailThread(), mailIntake()},
		Alerted: []bot.Handler{alerted()},
		Due:     []bot.Handler{answeringDue(), runDue(), pauseDue(), holdDue(), silenceDue(), briefDue(), settledDue(), shadowDue(), askedDue(), nudgeDue(), digestDue(), sampleDue(), dealDue()},
		Failed:  []bot.Handler{failed()},
		Changed: []bot.Handler{ailing(), outsider()},
		Plan:    []func(bot.Tx) error{planSchedules, planDigests},
	}
}

// request reads the request a call is about.
func request(v bot.View, e bot.Event) (bot.Request, error) {
	return v.Request(e.Call.Request)
}

// going reads the request a form is about, which must still go on.
func going(v bot.View, e bot.Event) (bot.Request, error) {
	r, err := request(v, e)
	if err != nil {
		return r, err
	}
	if over := r.Over(); over != nil {
		return r, over
	}
	return r, nil
}
