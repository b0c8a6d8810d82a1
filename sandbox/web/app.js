/** The page as a whole: who looks, where they are, and how they get elsewhere. */

import { get, listen, post } from "./api.js";
import { act, options } from "./actions.js";
import { Feed } from "./feed.js";
import { applyEvent } from "./live.js";
import { State } from "./state.js";
import { Values } from "./blocks/values.js";
import { Modals } from "./views/modal.js";
import { zoomImage } from "./views/attachment.js";
import { avatar } from "./ui/avatar.js";

/** @typedef {import("./blocks/surface.js").Surface} Surface */

export class App {
  constructor() {
    this.state = new State();
    this.feed = new Feed(this.state);
    this.modals = new Modals(this);
    this.lastFailure = { key: "", at: 0 };
    /** @type {Map<string, Values>} */
    this.values = new Map();
    /** @type {Map<string, string>} */
    this.drafts = new Map();
    this.faults = 0;
    this.ringing = 0;
    this.stopListening = () => {};
  }

  /** Loads the workspace, as soon as there is one, and enters it as the person named in the address or the first one. */
  async start() {
    while (!(await this.introduce())) {
      this.setConnected(false);
      await new Promise((resolve) => setTimeout(resolve, 1000));
    }
    const [, user, place] = location.hash.split("/");
    const known = this.state.users.get(user) ?? this.state.persons()[0];
    if (known) this.actAs(known.id, place);
  }

  async introduce() {
    const bootstrap = await get("/client/bootstrap");
    if (!bootstrap.users) return false;
    this.state.introduce(bootstrap);
    const [clock, bot] = await Promise.all([get("/control/clock"), get("/control/bot")]);
    if (clock.now) this.state.setClock(clock);
    this.state.botStatus = bot.status ?? "none";
    this.state.tell("bot", bot);
    return true;
  }

  /** Becomes this person; everything of the former one is forgotten. @param {string} user @param {string} [place] */
  actAs(user, place) {
    this.stopListening();
    this.state.me = user;
    this.feed.clear();
    this.values.clear();
    this.modals.forget();
    this.state.home = null;
    this.state.setSide(null);
    this.state.go({ kind: "none" });
    this.state.tell("people");
    this.stopListening = listen(user, {
      onEvent: (event) => applyEvent(this, event),
      onOpen: () => this.opened(place),
      onLost: () => this.setConnected(false),
    });
  }

  /** The stream is there, perhaps again: what is shown cannot be trusted, so all of it is loaded. @param {string} [place] */
  async opened(place) {
    if (!this.state.connected) await this.introduce();
    await this.loadChannels();
    if (this.state.place.kind === "home") this.loadHome();
    if (this.state.place.kind === "none") this.enter(place);
    else await Promise.all([...this.feed.timelines.values()].map((timeline) => this.feed.load(timeline)));
    this.setConnected(true);
  }

  async loadChannels() {
    const { me } = this.state;
    const answer = await get("/client/state", { user: me });
    if (answer.channels && me === this.state.me) this.state.setChannels(answer.channels);
  }

  /** @param {string | undefined} place */
  enter(place) {
    const { rooms, directs } = this.state.ordered();
    const first = rooms.find((room) => room.name === "general") ?? rooms[0] ?? directs[0];
    if (place === "home") this.openHome();
    else if (place && this.state.channels.has(place)) this.openChannel(place);
    else if (first) this.openChannel(first.id);
  }

  /** @param {boolean} connected */
  setConnected(connected) {
    if (this.state.connected === connected) return;
    this.state.connected = connected;
    this.state.tell("connection");
  }

  /** @param {string} id */
  openChannel(id) {
    if (!this.state.channels.has(id)) return;
    const side = this.state.side;
    if (side && side.channel !== id) this.state.setSide(null);
    this.state.go({ kind: "channel", id });
    this.remember(id);
    this.feed.load(this.feed.timeline(id));
  }

  openHome() {
    this.state.setSide(null);
    this.state.go({ kind: "home" });
    this.remember("home");
    this.loadHome();
  }

  /** Asks for the Home tab, which tells the app that it was opened. */
  async loadHome() {
    const { home } = this.state;
    const answer = await get("/client/home", { user: this.state.me });
    if (this.state.home !== home) return;
    this.state.home = answer.view ?? null;
    this.state.tell("home");
  }

  /** @param {string} place */
  remember(place) {
    history.replaceState(null, "", `#/${this.state.me}/${place}`);
  }

  /** @param {string} channel @param {string} ts */
  openThread(channel, ts) {
    this.feed.load(this.feed.timeline(channel, ts));
    this.state.setSide({ kind: "thread", channel, ts });
  }

  /** The direct message with somebody. @param {string} user */
  async openPerson(user) {
    if (user === this.state.me || !this.state.users.has(user)) return;
    const answer = await post("/client/open_dm", { user: this.state.me, with: user });
    const id = typeof answer.channel === "string" ? answer.channel : answer.channel?.id;
    if (!id) return;
    if (typeof answer.channel === "object") this.state.putChannel(answer.channel);
    if (!this.state.channels.has(id)) await this.loadChannels();
    this.openChannel(id);
  }

  /** @param {string} id */
  channelLeft(id) {
    this.state.dropChannel(id);
    if (this.state.place.kind === "channel" && this.state.place.id === id) this.enter(undefined);
  }

  /** @returns {import("./text/mention.js").Reader} */
  reader() {
    const { state } = this;
    return {
      me: state.me,
      zone: state.zone(),
      now: () => state.now(),
      person: (id) => state.personName(id),
      channel: (id) => state.channels.get(id)?.name ?? null,
      openChannel: (id) => this.openChannel(id),
      openPerson: (id) => this.openPerson(id),
    };
  }

  /**
   * Where the blocks of a message or a view stand.
   * @param {Surface["kind"]} kind
   * @param {{message?: {channel: string, ts: string}, view?: {id: string}}} container
   * @returns {Surface}
   */
  surface(kind, container) {
    const key = container.message ? `${container.message.channel}:${container.message.ts}` : `view:${container.view?.id}`;
    const values = this.values.get(key) ?? new Values();
    this.values.set(key, values);
    return {
      kind, values, reader: this.reader(), zoom: zoomImage,
      people: () => this.people(),
      channels: () => this.rooms(),
      act: (block, element, chosen) => act(this, container, { block, element, chosen, state: { values: values.all } }),
      options: (block, element, words) => options(this, container, block, element, words),
    };
  }

  people() {
    const everybody = [...this.state.users.values()];
    return everybody.map((user) => ({ key: user.id, label: user.real_name || user.name, detail: `@${user.name}`, mark: avatar(user, "small") }));
  }

  rooms() {
    return [...this.state.channels.values()].filter((channel) => !channel.is_im && !channel.is_archived)
      .map((channel) => ({ key: channel.id, label: `${channel.is_private ? "🔒 " : "#"}${channel.name}` }));
  }
}
