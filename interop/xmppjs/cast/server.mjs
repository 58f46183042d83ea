/** Where the server under judgement is. */
export const server = {
  domain: process.env.XMPP_DOMAIN,
  groups: process.env.XMPP_GROUPS,
  password: process.env.XMPP_PASSWORD,
  services: {
    STARTTLS: `xmpp://${process.env.XMPP_C2S}`,
    TLS: `xmpps://${process.env.XMPP_C2S_TLS}`,
    WebSocket: process.env.XMPP_WEBSOCKET,
  },
};

/** The address of somebody. */
export function addressOf(name) {
  return `${name}@${server.domain}`;
}
