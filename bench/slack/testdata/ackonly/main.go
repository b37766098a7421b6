// Program ackonly is an app on slack-go's Socket Mode client that acknowledges
// each event at once and does nothing else.
package main

import (
	"log"
	"os"

	"github.com/slack-go/slack"
	"github.com/slack-go/slack/socketmode"
)

func main() {
	api := slack.New("xoxb-bench", slack.OptionAPIURL(os.Getenv("API_URL")), slack.OptionAppLevelToken("xapp-bench"))
	client := socketmode.New(api)
	go func() {
		for event := range client.Events {
			if event.Type == socketmode.EventTypeEventsAPI && event.Request != nil {
				if err := client.Ack(*event.Request); err != nil {
					log.Print(err)
				}
			}
		}
	}()
	if err := client.Run(); err != nil {
		log.Fatal(err)
	}
}
