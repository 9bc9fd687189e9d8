package dev.ringway.engine.counters;

import java.util.List;

/**
 * Ids of what is counted of TLS, {@code listener.<address>.ssl.*} and {@code cluster.<name>.ssl.*}; names and meaning
 * as in Envoy's TLS statistics.
 */
public final class TlsCounters
{
    /** The versions that are spoken, as counters name them. */
    private static final List<String> VERSIONS = List.of("TLSv1.2", "TLSv1.3");
    /** The cipher suites of the library that Envoy's lists allow. */
    private static final List<String> CIPHERS = List.of(
        "TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256",
        "ECDHE-ECDSA-AES128-GCM-SHA256", "ECDHE-RSA-AES128-GCM-SHA256", "ECDHE-ECDSA-AES256-GCM-SHA384",
        "ECDHE-RSA-AES256-GCM-SHA384", "ECDHE-ECDSA-CHACHA20-POLY1305", "ECDHE-RSA-CHACHA20-POLY1305",
        "ECDHE-ECDSA-AES128-SHA", "ECDHE-RSA-AES128-SHA", "ECDHE-ECDSA-AES256-SHA", "ECDHE-RSA-AES256-SHA",
        "AES128-GCM-SHA256", "AES256-GCM-SHA384", "AES128-SHA", "AES256-SHA");
    private static final List<String> CURVES =
        List.of("X25519", "P-256", "P-384", "P-521", "X25519MLKEM768", "X25519Kyber768Draft00");

    /** Handshakes that were completed. */
    public final int handshake;

    /** Handshakes that resumed an earlier session. */
    public final int sessionReused;

    /** Handshakes completed without a certificate of the peer. */
    public final int noCertificate;

    /** Connections that failed for another reason than the peer's certificate. */
    public final int connectionError;

    /** Handshakes refused because a certificate is required and none was shown. */
    public final int failVerifyNoCert;

    /** Certificates that no trusted CA has signed, or whose time is over or has not come. */
    public final int failVerifyError;

    /** Certificates with none of the names that are asked for. */
    public final int failVerifySan;

    /** Certificates with neither a hash nor a key that is asked for. */
    public final int failVerifyCertHash;

    /** Handshakes that agreed on this version, TLSv1.2 or TLSv1.3. */
    private final int[] versions;

    /** Handshakes that agreed on this cipher suite, as BoringSSL names it. */
    private final int[] ciphers;

    /** Handshakes that agreed on this group, such as X25519. */
    private final int[] curves;

    /** Has the ids stay those of these counters. */
    private final Object lease;

    /**
     * @param registry gives out the ids.
     * @param prefix   with its dot at the end.
     */
    public TlsCounters(final CounterRegistry registry, final String prefix)
    {
        lease = registry.lease();
        handshake = registry.counter(prefix + "handshake");
        sessionReused = registry.counter(prefix + "session_reused");
        noCertificate = registry.counter(prefix + "no_certificate");
        connectionError = registry.counter(prefix + "connection_error");
        failVerifyNoCert = registry.counter(prefix + "fail_verify_no_cert");
        failVerifyError = registry.counter(prefix + "fail_verify_error");
        failVerifySan = registry.counter(prefix + "fail_verify_san");
        failVerifyCertHash = registry.counter(prefix + "fail_verify_cert_hash");
        versions = ids(registry, prefix + "versions.", VERSIONS);
        ciphers = ids(registry, prefix + "ciphers.", CIPHERS);
        curves = ids(registry, prefix + "curves.", CURVES);
    }

    private static int[] ids(final CounterRegistry registry, final String prefix, final List<String> names)
    {
        final int[] ids = new int[names.size()];
        for (int i = 0; i < ids.length; i++)
        {
            ids[i] = registry.counter(prefix + names.get(i));
        }
        return ids;
    }

    /**
     * @param isNewest whether the handshake agreed on TLS 1.3, else 1.2.
     * @return counter of handshakes of that version.
     */
    public int version(final boolean isNewest)
    {
        return versions[isNewest ? 1 : 0];
    }

    /**
     * @param name of a cipher suite as the library writes it, or null.
     * @return counter of handshakes that agreed on it, or -1 when it has none.
     */
    public int cipher(final String name)
    {
        final int i = name == null ? -1 : CIPHERS.indexOf(name);
        return i < 0 ? -1 : ciphers[i];
    }

    /**
     * @param name of a group as the library writes it, or null.
     * @return counter of handshakes that agreed on it, or -1 when it has none.
     */
    public int curve(final String name)
    {
        final int i = name == null ? -1 : CURVES.indexOf(name);
        return i < 0 ? -1 : curves[i];
    }
}
