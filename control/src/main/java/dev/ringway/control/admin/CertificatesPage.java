package dev.ringway.control.admin;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.ringway.control.translate.TlsContexts;
import dev.ringway.engine.tls.NamedCertificate;
import dev.ringway.engine.tls.PeerCertificate;

import java.security.cert.CertificateEncodingException;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * {@code /certs}: Envoy's {@code admin.v3.Certificates}, what each TLS context trusts and shows.
 */
final class CertificatesPage
{
    /** Kinds of names and what they are called, in the order in which Envoy lists them. */
    private static final int[] KINDS = {PeerCertificate.DNS, PeerCertificate.URI, PeerCertificate.IP};
    private static final String[] KIND_NAMES = {"dns", "uri", "ip_address"};

    private final ServerView view;
    private final LongSupplier clockMs;

    /**
     * @param view    of the process.
     * @param clockMs milliseconds since 1970.
     */
    CertificatesPage(final ServerView view, final LongSupplier clockMs)
    {
        this.view = view;
        this.clockMs = clockMs;
    }

    Page page()
    {
        final JsonArray all = new JsonArray();
        for (final TlsContexts.Certificates context : view.certificates())
        {
            final JsonArray authorities = new JsonArray();
            if (context.authority() != null)
            {
                authorities.add(json(context.authority()));
            }
            final JsonArray own = new JsonArray();
            context.own().forEach(certificate -> own.add(json(certificate)));
            final JsonObject certificates = new JsonObject();
            certificates.add("ca_cert", authorities);
            certificates.add("cert_chain", own);
            all.add(certificates);
        }
        final JsonObject root = new JsonObject();
        root.add("certificates", all);
        return Page.json(root);
    }

    /** Days are a string: so does protobuf with 64 bits, and Envoy's page is a protobuf message. */
    private JsonObject json(final NamedCertificate named)
    {
        final PeerCertificate certificate = parts(named);
        final JsonArray names = new JsonArray();
        for (int i = 0; i < KINDS.length; i++)
        {
            for (final PeerCertificate.Name name : certificate.names())
            {
                if (name.kind() == KINDS[i])
                {
                    final JsonObject shown = new JsonObject();
                    shown.addProperty(KIND_NAMES[i], name.value());
                    names.add(shown);
                }
            }
        }
        final long leftMs = Math.max(certificate.validUntilMs() - clockMs.getAsLong(), 0);
        final JsonObject result = new JsonObject();
        result.addProperty("path", named.name());
        result.addProperty("serial_number", certificate.serial());
        result.add("subject_alt_names", names);
        result.addProperty("days_until_expiration", Long.toString(TimeUnit.MILLISECONDS.toDays(leftMs)));
        result.addProperty("valid_from", Instant.ofEpochMilli(certificate.validFromMs()).toString());
        result.addProperty("expiration_time", Instant.ofEpochMilli(certificate.validUntilMs()).toString());
        return result;
    }

    private static PeerCertificate parts(final NamedCertificate named)
    {
        try
        {
            return PeerCertificate.of(named.certificate().getEncoded());
        }
        catch (final CertificateEncodingException e)
        {
            throw new IllegalStateException("it was read from its encoding", e);
        }
    }
}
