package bot

import (
	"testing"
	"time"
)

func switchable() *Settings {
	at := func(name string) Place { return Place{Adapter: "web", Channel: name} }
	return &Settings{
		Followup: Followup{Remind: RemindDraft},
		Channels: []Channel{
			{Name: "support", Place: at("support"), Audience: ForClients, Intake: IntakeManual},
			{Name: "shop", Place: at("shop"), Audience: ForClients, Intake: IntakeAuto, FixedIntake: true, Speak: SpeakOff, FixedSpeak: true},
			{Name: "team", Place: at("team"), Audience: Inside, Intake: IntakeManual},
		},
	}
}

func TestWhatPeopleSwitchLiesOverTheConfiguration(t *testing.T) {
	base := switchable()
	s := base.With(Switches{
		Intake: map[string]Intake{"support": IntakeShadow, "shop": IntakeManual, "gone": IntakeAuto}, Speak: SpeakThread, Silent: SilentAuto,
		Digest: &MorningDigest{Channel: "team", At: 9 * time.Hour},
	})
	if s.Channels[0].Intake != IntakeShadow || s.Channels[1].Intake != IntakeAuto || s.Channels[2].Intake != IntakeManual {
		t.Errorf("intake: %+v", s.Channels)
	}
	if s.SpeakAt(s.Channels[1].Place) != SpeakOff || s.SpeakAt(s.Channels[2].Place) != SpeakThread {
		t.Error("articles are not suggested as it is switched")
	}
	if s.Followup.Silences() != SilentAuto || len(s.Digests) != 1 || s.Digests[0].Place != s.Channels[2].Place || s.Digests[0].At != 9*time.Hour {
		t.Errorf("silent clients %s, digests %+v", s.Followup.Silences(), s.Digests)
	}
	if base.Channels[0].Intake != IntakeManual || base.Followup.Remind != RemindDraft || base.Digests != nil {
		t.Error("the configuration itself was changed")
	}
	base.Fixed = Fixed{Silent: true, Digest: true}
	if s := base.With(Switches{Silent: SilentAuto, Digest: &MorningDigest{Channel: "team"}, NoFiling: true}); s.Followup.Silences() != SilentDraft || s.Digests != nil {
		t.Error("what the file says was switched")
	} else if s.Channels[1].Intake != IntakeManual || !s.NoFiling {
		t.Error("messages are filed although filing is off")
	}
}

func TestSwitchesThatCannotBeAreRefused(t *testing.T) {
	s := switchable()
	s.Fixed = Fixed{Silent: true}
	for typed, want := range map[string]string{
		"filing maybe": "refuse.switch_value", "intake nowhere auto": "refuse.switch_channel", "intake shop manual": "refuse.switch_fixed",
		"intake support loud": "refuse.switch_value", "silent auto": "refuse.switch_fixed", "articles everybody": "refuse.switch_value",
		"digest support 9:00": "refuse.digest_clients", "digest team 25:00": "refuse.switch_clock", "digest team -1": "refuse.switch_clock",
		"digest nowhere 9:00": "refuse.switch_channel", "shadow perhaps": "refuse.switch_value",
	} {
		by, ok := ParseSwitch(typed)
		if !ok {
			t.Errorf("%q is no switch", typed)
			continue
		}
		var w Switches
		if refused := w.Set(s, by); refused == nil || refused.Text.Parts[0].ID != want {
			t.Errorf("%q: %v, want %s", typed, refused, want)
		}
	}
	for i := range s.Channels {
		s.Channels[i].FixedSpeak = true
	}
	var w Switches
	if refused := w.Set(s, Switch{What: "articles", Value: "thread"}); refused == nil || refused.Text.Parts[0].ID != "refuse.switch_fixed" {
		t.Errorf("articles that the file fixes: %v", refused)
	}
	for _, typed := range []string{"", "filing", "filing on please", "dance on", "digest", "intake support", "digest team 9:00 daily", "unasked intake support auto"} {
		if by, ok := ParseSwitch(typed); ok {
			t.Errorf("%q reads as %v", typed, by)
		}
	}
}

func TestShadowIsWhereverClientsReadAndEndsThere(t *testing.T) {
	s := switchable()
	var w Switches
	by, _ := ParseSwitch("shadow on")
	if refused := w.Set(s, by); refused != nil {
		t.Fatal(refused)
	}
	if got := s.With(w); got.Channels[0].Intake != IntakeShadow || got.Channels[1].Intake != IntakeAuto || got.Channels[2].Intake != IntakeManual {
		t.Errorf("%+v", got.Channels)
	}
	by.Value = "off"
	if refused := w.Set(s.With(w), by); refused != nil {
		t.Fatal(refused)
	}
	if got := s.With(w); got.Channels[0].Intake != IntakeManual {
		t.Errorf("%+v", got.Channels)
	}
}

func TestWhatWasSwitchedStaysWithAChannelThatIsCalledOtherwiseNow(t *testing.T) {
	base := switchable()
	base.Channels[0].Name, base.Channels[0].Switched = "web-support", "support"
	base.Channels = append(base.Channels, Channel{Name: "support", Place: Place{Adapter: "slack", Channel: "C1"}, Switched: "slack:C1", Intake: IntakeShadow})
	w := Switches{Intake: map[string]Intake{"support": IntakeAuto}}
	if s := base.With(w); s.Channels[0].Intake != IntakeAuto || s.Channels[3].Intake != IntakeShadow {
		t.Errorf("the old channel is %s, the new one %s", s.Channels[0].Intake, s.Channels[3].Intake)
	}
	if refused := w.Set(base, Switch{What: "intake", Channel: "support", Value: "suggest"}); refused != nil {
		t.Fatal(refused)
	}
	if s := base.With(w); s.Channels[0].Intake != IntakeAuto || s.Channels[3].Intake != IntakeSuggest {
		t.Errorf("then the old channel is %s, the new one %s", s.Channels[0].Intake, s.Channels[3].Intake)
	}
	base.Channels[2].Name, base.Channels[2].Switched = "web-team", "team"
	w.Digest = &MorningDigest{Channel: "team", At: 9 * time.Hour}
	if s := base.With(w); len(s.Digests) != 1 || s.Digests[0].Name != "web-team" {
		t.Errorf("the digest goes to %+v", s.Digests)
	}
}
