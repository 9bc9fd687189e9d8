package dev.ringway.control.translate;

import dev.ringway.engine.tls.PeerCertificate;
import dev.ringway.engine.tls.PeerRule;
import dev.ringway.engine.tls.PeerVerdict;

import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Predicate;

/**
 * What a configuration asks of a peer's certificate: one of some names, and one of some pins. As in Envoy, names come
 * first. Immutable; any thread.
 *
 * @param names  of which one must be there, or an empty list.
 * @param hashes SHA-256 of certificates, in lower-case hexadecimal digits.
 * @param keys   SHA-256 of public keys, in Base64. One of the hashes or keys must be the peer's unless both are empty.
 */
record PeerRules(List<Name> names, Set<String> hashes, Set<String> keys) implements PeerRule
{
    private static final String WILDCARD = "*.";

    /**
     * An alternative name that is asked for.
     *
     * @param kind  of {@link PeerCertificate.Name}.
     * @param value what holds for it.
     */
    record Name(int kind, Predicate<String> value)
    {
    }

    /**
     * {@inheritDoc}
     */
    public PeerVerdict verdict(final PeerCertificate peer)
    {
        if (!names.isEmpty() && names.stream().noneMatch(name -> isIn(name, peer.names())))
        {
            return PeerVerdict.WRONG_NAME;
        }
        final boolean isPinned = hashes.isEmpty() && keys.isEmpty() ||
            hashes.contains(peer.sha256()) || keys.contains(peer.spkiSha256());
        return isPinned ? PeerVerdict.TAKEN : PeerVerdict.WRONG_PIN;
    }

    private static boolean isIn(final Name name, final List<PeerCertificate.Name> shown)
    {
        return shown.stream().anyMatch(one -> one.kind() == name.kind && name.value.test(one.value()));
    }

    /**
     * What holds for the DNS names of certificates that stand for a host: the name itself, or a wildcard for its first
     * label (RFC 6125, 6.4.3).
     *
     * @param host name that is asked for.
     * @return predicate of names that certificates have.
     */
    static Predicate<String> host(final String host)
    {
        final String lower = host.toLowerCase(Locale.ROOT);
        final int dot = lower.indexOf('.');
        final String wildcard = dot > 0 ? WILDCARD + lower.substring(dot + 1) : null;
        return name ->
        {
            final String shown = name.toLowerCase(Locale.ROOT);
            return shown.equals(lower) || shown.equals(wildcard);
        };
    }
}
