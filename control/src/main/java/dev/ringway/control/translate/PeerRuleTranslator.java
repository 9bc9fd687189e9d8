package dev.ringway.control.translate;

import dev.ringway.control.config.FieldPath;
import dev.ringway.engine.tls.PeerCertificate;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.CertificateValidationContext;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.SubjectAltNameMatcher;
import io.envoyproxy.envoy.type.matcher.v3.StringMatcher;
import io.envoyproxy.envoy.type.matcher.v3.StringMatcher.MatchPatternCase;

import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Translates what {@code CertificateValidationContext} asks of a peer's certificate besides its chain.
 */
// Fields that Envoy deprecates are still what many configurations use.
@SuppressWarnings("deprecation")
final class PeerRuleTranslator
{
    private static final int HASH_LENGTH = 32;
    private static final Pattern HASH = Pattern.compile("[0-9a-f]{64}|[0-9a-f]{2}(:[0-9a-f]{2}){31}");
    private static final int[] ALL_KINDS =
        {PeerCertificate.DNS, PeerCertificate.URI, PeerCertificate.EMAIL, PeerCertificate.IP};

    private final Checks checks;
    private final StringMatchers matchers;

    /**
     * @param checks where faults go.
     */
    PeerRuleTranslator(final Checks checks)
    {
        this.checks = checks;
        this.matchers = new StringMatchers(checks);
    }

    /**
     * @param config message.
     * @param path   where it stands.
     * @return what it asks for, or null when that is nothing.
     */
    PeerRules translate(final CertificateValidationContext config, final FieldPath path)
    {
        final List<PeerRules.Name> names = new ArrayList<>();
        for (int i = 0; i < config.getMatchTypedSubjectAltNamesCount(); i++)
        {
            typedName(config.getMatchTypedSubjectAltNames(i), path.field("match_typed_subject_alt_names").at(i), names);
        }
        for (int i = 0; i < config.getMatchSubjectAltNamesCount(); i++)
        {
            for (final int kind : ALL_KINDS)
            {
                name(kind, config.getMatchSubjectAltNames(i), path.field("match_subject_alt_names").at(i), names);
            }
        }
        final Set<String> hashes = hashes(config, path.field("verify_certificate_hash"));
        final Set<String> keys = keys(config, path.field("verify_certificate_spki"));
        return names.isEmpty() && hashes.isEmpty() && keys.isEmpty() ? null :
            new PeerRules(List.copyOf(names), Set.copyOf(hashes), Set.copyOf(keys));
    }

    private void typedName(final SubjectAltNameMatcher config, final FieldPath path, final List<PeerRules.Name> names)
    {
        final int kind = switch (config.getSanType())
        {
            case EMAIL -> PeerCertificate.EMAIL;
            case DNS -> PeerCertificate.DNS;
            case URI -> PeerCertificate.URI;
            case IP_ADDRESS -> PeerCertificate.IP;
            default -> 0;
        };
        if (checks.required(kind != 0, path.field("san_type")) &&
            checks.required(config.hasMatcher(), path.field("matcher")))
        {
            name(kind, config.getMatcher(), path.field("matcher"), names);
        }
    }

    private void name(
        final int kind, final StringMatcher config, final FieldPath path, final List<PeerRules.Name> names)
    {
        final boolean isHost =
            kind == PeerCertificate.DNS && config.getMatchPatternCase() == MatchPatternCase.EXACT;
        names.add(new PeerRules.Name(
            kind, isHost ? PeerRules.host(config.getExact()) : matchers.translate(config, path)));
    }

    private Set<String> hashes(final CertificateValidationContext config, final FieldPath path)
    {
        final Set<String> hashes = new HashSet<>();
        for (int i = 0; i < config.getVerifyCertificateHashCount(); i++)
        {
            final String hash = config.getVerifyCertificateHash(i).toLowerCase(Locale.ROOT);
            if (HASH.matcher(hash).matches())
            {
                hashes.add(hash.replace(":", ""));
            }
            else
            {
                checks.fault(path.at(i), "must be a SHA-256 in 64 hexadecimal digits, with or without colons");
            }
        }
        return hashes;
    }

    private Set<String> keys(final CertificateValidationContext config, final FieldPath path)
    {
        final Set<String> keys = new HashSet<>();
        for (int i = 0; i < config.getVerifyCertificateSpkiCount(); i++)
        {
            final String key = config.getVerifyCertificateSpki(i);
            if (isHash(key))
            {
                keys.add(key);
            }
            else
            {
                checks.fault(path.at(i), "must be a SHA-256 in Base64, 44 characters");
            }
        }
        return keys;
    }

    private static boolean isHash(final String key)
    {
        try
        {
            return key.length() == 44 && Base64.getDecoder().decode(key).length == HASH_LENGTH;
        }
        catch (final IllegalArgumentException ex)
        {
            return false;
        }
    }
}
