// SPDX-License-Identifier: Apache-2.0
package dev.hippo.contracts.program;

import build.buf.validate.KnownRegex;
import build.buf.validate.StringRules;
import org.jspecify.annotations.Nullable;

/**
 * The well-known string formats as patterns. A pattern may know less than the format allows, never more: what it does not match, the reference decides.
 *
 * @param pattern empty when every string has the format
 */
record TextFormat(String pattern, long maxBytes) {
    private static final TextFormat NONE = new TextFormat("", Long.MAX_VALUE);

    private static final String LABEL = "[a-zA-Z0-9]([a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?";
    private static final String LAST_LABEL = "[a-zA-Z]([a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?";
    private static final String HOST = "(" + LABEL + "\\.)*" + LAST_LABEL;
    private static final String OCTET = "(25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])";
    private static final String IPV4 = OCTET + "\\." + OCTET + "\\." + OCTET + "\\." + OCTET;
    private static final String H = "[0-9a-fA-F]{1,4}";
    /** In full, or with one gap. */
    private static final String IPV6 = String.join(
                    "|",
                    "(H:){7}H",
                    "(H:){1,6}:H",
                    "(H:){1,5}(:H){1,2}",
                    "(H:){1,4}(:H){1,3}",
                    "(H:){1,3}(:H){1,4}",
                    "(H:){1,2}(:H){1,5}",
                    "::(H:){0,5}H",
                    "(H:){1,6}:",
                    "::")
            .replace("H", H);

    private static final String HEX = "[0-9a-fA-F]";
    private static final String PATH = "[a-zA-Z0-9._~!$&'()*+,;=:@/-]*";

    /** The format that the rules ask for; null if it is not known here. */
    static @Nullable TextFormat of(StringRules rules) {
        return switch (rules.getWellKnownCase()) {
            case WELLKNOWN_NOT_SET -> NONE;
            case EMAIL -> asked(rules.getEmail(), "[a-zA-Z0-9.!#$%&'*+/=?^_`{|}~-]+@" + LABEL + "(\\." + LABEL + ")*");
            case HOSTNAME -> rules.getHostname() ? new TextFormat(HOST, 253) : NONE;
            case IP -> asked(rules.getIp(), IPV4 + "|" + IPV6);
            case IPV4 -> asked(rules.getIpv4(), IPV4);
            case IPV6 -> asked(rules.getIpv6(), IPV6);
            case ADDRESS -> rules.getAddress() ? new TextFormat(HOST + "|" + IPV4 + "|" + IPV6, 253) : NONE;
            case UUID ->
                asked(rules.getUuid(), HEX + "{8}-" + HEX + "{4}-" + HEX + "{4}-" + HEX + "{4}-" + HEX + "{12}");
            case TUUID -> asked(rules.getTuuid(), HEX + "{32}");
            case ULID -> asked(rules.getUlid(), "[0-7][0-9A-HJKMNP-TV-Za-hjkmnp-tv-z]{25}");
            case URI ->
                asked(
                        rules.getUri(),
                        "[a-zA-Z][a-zA-Z0-9+.-]*://[a-zA-Z0-9.-]+(:[1-9][0-9]{0,3})?(/" + PATH + ")?(\\?" + PATH
                                + ")?(#" + PATH + ")?");
            case HOST_AND_PORT ->
                rules.getHostAndPort()
                        ? new TextFormat("(" + HOST + "|" + IPV4 + "|\\[(" + IPV6 + ")\\]):[1-9][0-9]{0,3}", 253)
                        : NONE;
            case WELL_KNOWN_REGEX -> header(rules);
            case URI_REF,
                    PROTOBUF_FQN,
                    PROTOBUF_DOT_FQN,
                    IP_WITH_PREFIXLEN,
                    IPV4_WITH_PREFIXLEN,
                    IPV6_WITH_PREFIXLEN,
                    IP_PREFIX,
                    IPV4_PREFIX,
                    IPV6_PREFIX -> null;
        };
    }

    private static @Nullable TextFormat header(StringRules rules) {
        boolean strict = !rules.hasStrict() || rules.getStrict();
        if (rules.getWellKnownRegex() == KnownRegex.KNOWN_REGEX_HTTP_HEADER_NAME) {
            return asked(true, strict ? ":?[0-9a-zA-Z!#$%&'*+.^_|~`-]+" : "[^\\x00\\n\\r]+");
        }
        if (rules.getWellKnownRegex() == KnownRegex.KNOWN_REGEX_HTTP_HEADER_VALUE) {
            return asked(true, strict ? "[\\t\\x20-\\x7e]*" : "[^\\x00\\n\\r]+");
        }
        return null;
    }

    private static TextFormat asked(boolean asked, String pattern) {
        return asked ? new TextFormat(pattern, Long.MAX_VALUE) : NONE;
    }
}
