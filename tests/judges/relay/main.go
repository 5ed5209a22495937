// A TURN relay that is not ours, on loopback, by UDP and by TCP: whether browsers get through with what our media server tells
// them of it. What happens goes to standard output, a JSON document a line, the first one with its ports. It ends with its
// standard input.
package main

import (
	"encoding/json"
	"flag"
	"io"
	"log"
	"net"
	"os"

	"github.com/pion/turn/v5"
)

const realm = "relay.example.dk"

type happening struct {
	What string `json:"what"`
	// Its own ports.
	TCP int `json:"tcp,omitempty"`
	UDP int `json:"udp,omitempty"`
	// Of a client: who it is by its login, and whom it may send to.
	User string `json:"user,omitempty"`
	Peer string `json:"peer,omitempty"`
}

func main() {
	secret := flag.String("secret", "", "logins that expire are made with it (TURN REST API)")
	user := flag.String("user", "", "the one login that does not expire")
	password := flag.String("password", "", "its password")
	flag.Parse()

	happenings := make(chan happening, 64)
	authenticate := turn.LongTermTURNRESTAuthHandler(*secret, nil)
	if *user != "" {
		authenticate = func(asked *turn.RequestAttributes) (string, []byte, bool) {
			key := turn.GenerateAuthKey(*user, asked.Realm, *password)
			return asked.Username, key, asked.Username == *user
		}
	}
	tcp, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	udp, err := net.ListenPacket("udp4", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	loopback := &turn.RelayAddressGeneratorStatic{RelayAddress: net.IPv4(127, 0, 0, 1), Address: "127.0.0.1"}
	server, err := turn.NewServer(turn.ServerConfig{
		Realm:             realm,
		AuthHandler:       authenticate,
		ListenerConfigs:   []turn.ListenerConfig{{Listener: tcp, RelayAddressGenerator: loopback}},
		PacketConnConfigs: []turn.PacketConnConfig{{PacketConn: udp, RelayAddressGenerator: loopback}},
		EventHandler: turn.EventHandler{
			OnAuth: func(_, _ net.Addr, _, username, _ string, _ string, verdict bool) {
				if !verdict {
					happenings <- happening{What: "refused", User: username}
				}
			},
			OnAllocationCreated: func(_, _ net.Addr, _, userID, _ string, _ net.Addr, _ int) {
				happenings <- happening{What: "allocated", User: userID}
			},
			OnPermissionCreated: func(_, _ net.Addr, _, userID, _ string, _ net.Addr, peer net.IP) {
				happenings <- happening{What: "permitted", User: userID, Peer: peer.String()}
			},
		},
	})
	if err != nil {
		log.Fatal(err)
	}
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin)
		_ = server.Close()
		os.Exit(0)
	}()
	out := json.NewEncoder(os.Stdout)
	write := func(one happening) {
		if err := out.Encode(one); err != nil {
			log.Fatal(err)
		}
	}
	write(happening{
		What: "listening",
		TCP:  tcp.Addr().(*net.TCPAddr).Port,
		UDP:  udp.LocalAddr().(*net.UDPAddr).Port,
	})
	for one := range happenings {
		write(one)
	}
}
