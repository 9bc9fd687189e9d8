package dev.ringway.engine.tls;

/**
 * A certificate that a side shows, with its chain and key, as read.
 *
 * @param name     what errors call it: a file or the path of a field.
 * @param chainPem certificates in PEM, the own one first.
 * @param keyPem   private key in PEM: PKCS#8, PKCS#1 or SEC 1.
 * @param password of the key, or null when it is not encrypted.
 */
public record TlsCertificate(String name, byte[] chainPem, byte[] keyPem, String password)
{
}
