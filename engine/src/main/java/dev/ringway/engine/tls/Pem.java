package dev.ringway.engine.tls;

import java.io.ByteArrayInputStream;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

/**
 * Reads certificates in PEM and says what is wrong with them. Control thread only.
 */
final class Pem
{
    private static final int LEAST_RSA_BITS = 2048;
    private static final String BEGIN = "-----BEGIN CERTIFICATE-----";
    private static final String END = "-----END CERTIFICATE-----";

    private Pem()
    {
    }

    /**
     * @param name what errors call them.
     * @param pem  bytes of the file or field.
     * @return certificates, at least one.
     * @throws TlsException when there is none, or one of them cannot be read.
     */
    static List<X509Certificate> certificates(final String name, final byte[] pem) throws TlsException
    {
        final byte[] blocks = certificateBlocks(pem);
        if (blocks.length == 0)
        {
            throw new TlsException(name + " holds no certificate in PEM");
        }
        try
        {
            final List<X509Certificate> all = new ArrayList<>();
            for (final Certificate one : CertificateFactory.getInstance("X.509")
                .generateCertificates(new ByteArrayInputStream(blocks)))
            {
                all.add((X509Certificate)one);
            }
            return all;
        }
        catch (final CertificateException e)
        {
            throw new TlsException(name + " cannot be read as certificates: " + e.getMessage(), e);
        }
    }

    /**
     * @param pem bytes of the file or field.
     * @return its certificates, in PEM still, without the keys and words that may stand around them.
     */
    static byte[] certificateBlocks(final byte[] pem)
    {
        final String text = new String(pem, ISO_8859_1);
        final StringBuilder blocks = new StringBuilder();
        for (int begin = text.indexOf(BEGIN); begin >= 0; begin = text.indexOf(BEGIN, begin + 1))
        {
            final int end = text.indexOf(END, begin);
            blocks.append(text, begin, end < 0 ? text.length() : end + END.length()).append('\n');
        }
        return blocks.toString().getBytes(ISO_8859_1);
    }

    /**
     * Checks what a certificate of one's own must have; the same as Envoy asks for.
     *
     * @param name what errors call it.
     * @param leaf own certificate.
     * @throws TlsException when its key is too weak or of a kind that is not supported.
     */
    static void checkKey(final String name, final X509Certificate leaf) throws TlsException
    {
        switch (leaf.getPublicKey())
        {
            case RSAPublicKey key ->
            {
                if (key.getModulus().bitLength() < LEAST_RSA_BITS)
                {
                    throw new TlsException(name + " has an RSA key of less than " + LEAST_RSA_BITS + " bits");
                }
            }
            case ECPublicKey key ->
            {
                final int bits = key.getParams().getCurve().getField().getFieldSize();
                if (bits != 256 && bits != 384 && bits != 521)
                {
                    throw new TlsException(name + " has an ECDSA key that is not of P-256, P-384 or P-521");
                }
            }
            default -> throw new TlsException(name + " has a key that is neither RSA nor ECDSA");
        }
    }

    /**
     * Whoever is shown a certificate whose time is over turns away, so it is no use to begin with one.
     *
     * @param name  what errors call it.
     * @param leaf  own certificate.
     * @param nowMs milliseconds since 1970.
     * @return a sentence when its time has not come, which may be the fault of a clock, else null.
     * @throws TlsException when its time is over.
     */
    static String checkTime(final String name, final X509Certificate leaf, final long nowMs) throws TlsException
    {
        final Date now = new Date(nowMs);
        if (leaf.getNotAfter().before(now))
        {
            throw new TlsException(name + " expired at " + leaf.getNotAfter().toInstant());
        }
        return leaf.getNotBefore().after(now) ?
            name + " is not valid before " + leaf.getNotBefore().toInstant() : null;
    }
}
