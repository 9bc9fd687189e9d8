package dev.ringway.engine.httpfilters;

import dev.ringway.engine.route.TextMatch;

import java.util.List;

/**
 * What a route says of requests of other origins; what it does not say, its virtual host may.
 * Envoy: {@code extensions.filters.http.cors.v3.CorsPolicy}. Immutable.
 *
 * @param origins        {@code allow_origin_string_match}, empty when it does not say.
 * @param anyOrigin      whether one of them fits every origin.
 * @param methods        {@code allow_methods}, or null.
 * @param headers        {@code allow_headers}, or null.
 * @param exposed        {@code expose_headers}, or null.
 * @param maxAge         {@code max_age}, or null.
 * @param credentials    {@code allow_credentials}, or null.
 * @param privateNetwork {@code allow_private_network_access}, or null.
 * @param forwards       {@code forward_not_matching_preflights}, or null.
 * @param enabled        {@code filter_enabled}.
 * @param shadow         {@code shadow_enabled}.
 */
public record CorsPolicy(
    List<TextMatch> origins,
    boolean anyOrigin,
    byte[] methods,
    byte[] headers,
    byte[] exposed,
    byte[] maxAge,
    Boolean credentials,
    Boolean privateNetwork,
    Boolean forwards,
    Fraction enabled,
    Fraction shadow)
{
}
