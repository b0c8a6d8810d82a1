/** The emoji people and bots usually write by name, as Unicode. */

/** @type {Record<string, string>} */
const NAMES = {
  "+1": "👍", thumbsup: "👍", "-1": "👎", thumbsdown: "👎", ok_hand: "👌", wave: "👋", raised_hands: "🙌",
  clap: "👏", pray: "🙏", muscle: "💪", point_right: "👉", point_left: "👈", point_up: "☝️", point_down: "👇",
  raised_hand: "✋", hand: "✋", writing_hand: "✍️", eyes: "👀", brain: "🧠", heart: "❤️", green_heart: "💚",
  blue_heart: "💙", yellow_heart: "💛", purple_heart: "💜", broken_heart: "💔", smile: "😄", smiley: "😃",
  grin: "😁", joy: "😂", sweat_smile: "😅", slightly_smiling_face: "🙂", wink: "😉", blush: "😊", thinking_face: "🤔",
  neutral_face: "😐", sleeping: "😴", zzz: "💤", sob: "😭", cry: "😢", scream: "😱", sunglasses: "😎", tada: "🎉",
  party: "🥳", partying_face: "🥳", facepalm: "🤦", shrug: "🤷", saluting_face: "🫡", robot_face: "🤖", ghost: "👻",
  white_check_mark: "✅", heavy_check_mark: "✔️", ballot_box_with_check: "☑️", white_large_square: "⬜",
  black_large_square: "⬛", white_medium_square: "◻️", white_circle: "⚪", black_circle: "⚫", x: "❌",
  negative_squared_cross_mark: "❎", heavy_plus_sign: "➕", heavy_minus_sign: "➖", warning: "⚠️", rotating_light: "🚨",
  fire: "🔥", fire_engine: "🚒", firefighter: "🧑‍🚒", boom: "💥", bomb: "💣", no_entry: "⛔", no_entry_sign: "🚫",
  octagonal_sign: "🛑", construction: "🚧", exclamation: "❗", heavy_exclamation_mark: "❗", grey_exclamation: "❕",
  bangbang: "‼️", question: "❓", grey_question: "❔", interrobang: "⁉️", information_source: "ℹ️", red_circle: "🔴",
  large_orange_circle: "🟠", large_yellow_circle: "🟡", large_green_circle: "🟢", large_blue_circle: "🔵",
  large_purple_circle: "🟣", large_brown_circle: "🟤", red_square: "🟥", large_orange_square: "🟧",
  large_yellow_square: "🟨", large_green_square: "🟩", large_blue_square: "🟦", small_red_triangle: "🔺",
  small_red_triangle_down: "🔻", small_blue_diamond: "🔹", small_orange_diamond: "🔸", large_blue_diamond: "🔷",
  arrow_right: "➡️", arrow_left: "⬅️", arrow_up: "⬆️", arrow_down: "⬇️", arrow_forward: "▶️", arrow_heading_up: "⤴️",
  arrow_heading_down: "⤵️", arrow_upper_right: "↗️", arrow_lower_right: "↘️", leftwards_arrow_with_hook: "↩️",
  arrow_right_hook: "↪️", arrows_counterclockwise: "🔄", repeat: "🔁", rewind: "⏪", fast_forward: "⏩",
  black_right_pointing_double_triangle_with_vertical_bar: "⏭️", double_vertical_bar: "⏸️", pause_button: "⏸️",
  black_square_for_stop: "⏹️", stopwatch: "⏱️", timer_clock: "⏲️", alarm_clock: "⏰", hourglass: "⌛",
  hourglass_flowing_sand: "⏳", clock1: "🕐", clock3: "🕒", clock9: "🕘", watch: "⌚", calendar: "📆", date: "📅",
  spiral_calendar_pad: "🗓️", pushpin: "📌", round_pushpin: "📍", paperclip: "📎", link: "🔗", lock: "🔒", unlock: "🔓",
  key: "🔑", closed_lock_with_key: "🔐", bell: "🔔", no_bell: "🔕", mega: "📣", loudspeaker: "📢", speech_balloon: "💬",
  thought_balloon: "💭", left_speech_bubble: "🗨️", pager: "📟", telephone_receiver: "📞", phone: "☎️",
  telephone: "☎️", iphone: "📱", calling: "📲", video_camera: "📹", movie_camera: "🎥", camera: "📷", email: "📧",
  envelope: "✉️", inbox_tray: "📥", outbox_tray: "📤", package: "📦", memo: "📝", pencil: "📝", pencil2: "✏️",
  clipboard: "📋", page_facing_up: "📄", page_with_curl: "📃", scroll: "📜", books: "📚", book: "📖", bookmark: "🔖",
  notebook: "📓", label: "🏷️", file_folder: "📁", open_file_folder: "📂", card_index_dividers: "🗂️",
  wastebasket: "🗑️", bar_chart: "📊", chart_with_upwards_trend: "📈", chart_with_downwards_trend: "📉", mag: "🔍",
  mag_right: "🔎", wrench: "🔧", hammer: "🔨", hammer_and_wrench: "🛠️", gear: "⚙️", nut_and_bolt: "🔩", shield: "🛡️",
  electric_plug: "🔌", battery: "🔋", bulb: "💡", flashlight: "🔦", computer: "💻", desktop_computer: "🖥️",
  floppy_disk: "💾", satellite: "🛰️", satellite_antenna: "📡", globe_with_meridians: "🌐", cloud: "☁️", zap: "⚡",
  sunny: "☀️", crescent_moon: "🌙", new_moon: "🌑", snowflake: "❄️", rainbow: "🌈", star: "⭐", sparkles: "✨",
  rocket: "🚀", ship: "🚢", ambulance: "🚑", checkered_flag: "🏁", triangular_flag_on_post: "🚩", flag: "🚩",
  white_flag: "🏳️", trophy: "🏆", medal: "🏅", dart: "🎯", crown: "👑", coffee: "☕", pizza: "🍕", bug: "🐛",
  turtle: "🐢", snail: "🐌", busts_in_silhouette: "👥", bust_in_silhouette: "👤", technologist: "🧑‍💻", cop: "👮",
  detective: "🕵️", new: "🆕", sos: "🆘", vertical_traffic_light: "🚦", traffic_light: "🚥", thread: "🧵",
  one: "1️⃣", two: "2️⃣", three: "3️⃣", four: "4️⃣", five: "5️⃣", six: "6️⃣", seven: "7️⃣", eight: "8️⃣", nine: "9️⃣",
  keycap_ten: "🔟", "100": "💯", zero: "0️⃣", hash: "#️⃣", recycle: "♻️", infinity: "♾️", heavy_dollar_sign: "💲",
  moneybag: "💰", dollar: "💵", credit_card: "💳", scales: "⚖️", test_tube: "🧪", microscope: "🔬", dna: "🧬",
};

/** Reactions offered first, in this order. */
export const USUAL = [
  "white_check_mark", "eyes", "pushpin", "+1", "raised_hands", "pray", "tada", "fire",
  "rotating_light", "warning", "x", "question", "hourglass_flowing_sand", "memo", "heart", "wave",
];

/**
 * The character for a name such as `white_check_mark`, or null when it is not known.
 * @param {string} name
 * @returns {string | null}
 */
export function emoji(name) {
  const plain = name.split("::")[0];
  return Object.hasOwn(NAMES, plain) ? NAMES[plain] : null;
}

/** Names that start with or contain the words, best first. @param {string} words @param {number} limit */
export function emojiNames(words, limit) {
  const wanted = words.toLowerCase();
  const found = Object.keys(NAMES).filter((name) => name.includes(wanted));
  return found.sort((a, b) => Number(b.startsWith(wanted)) - Number(a.startsWith(wanted))).slice(0, limit);
}
