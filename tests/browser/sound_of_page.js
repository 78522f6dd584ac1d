// So that a test can count what a page's phone sends and hears: every connection that the page makes is kept.
(() => {
  const made = [];
  globalThis.RTCPeerConnection = class extends RTCPeerConnection {
    constructor(...given) {
      super(...given);
      made.push(this);
    }
  };
  globalThis.soundOfPage = async () => {
    const sound = { received: 0, sent: 0, heard: 0, spoken: 0, open: 0 };
    for (const connection of made.filter((one) => one.connectionState !== "closed")) {
      sound.open += 1;
      for (const [, told] of await connection.getStats()) {
        if (told.type === "inbound-rtp") {
          sound.received += told.packetsReceived;
          sound.heard = Math.max(sound.heard, told.audioLevel ?? 0);
        }
        if (told.type === "outbound-rtp") sound.sent += told.packetsSent;
        if (told.type === "media-source") sound.spoken = Math.max(sound.spoken, told.audioLevel ?? 0);
      }
    }
    return sound;
  };
})();
