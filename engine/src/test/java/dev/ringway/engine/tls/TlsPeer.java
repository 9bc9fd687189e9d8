package dev.ringway.engine.tls;

/** One side of a TLS connection in memory, by whatever implementation. */
interface TlsPeer extends AutoCloseable
{
    /**
     * Takes cipher text and does all that follows from it.
     *
     * @param cipher bytes, empty to begin.
     * @return bytes for the other side.
     */
    byte[] exchange(byte[] cipher);

    /** Encrypts plain text. */
    byte[] write(byte[] plain);

    /** Says that no more comes. */
    byte[] end();

    /** Plain bytes received since the last call. */
    byte[] received();

    boolean isEstablished();

    boolean isEnded();

    boolean isFailed();

    void close();

    /** Runs until neither side has anything to say. */
    static void connect(final TlsPeer client, final TlsPeer server)
    {
        byte[] fromClient = client.exchange(new byte[0]);
        while (fromClient.length > 0)
        {
            final byte[] fromServer = server.exchange(fromClient);
            fromClient = fromServer.length > 0 ? client.exchange(fromServer) : new byte[0];
        }
    }
}
