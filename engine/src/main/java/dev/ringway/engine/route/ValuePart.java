package dev.ringway.engine.route;

/**
 * A piece of the value of a field that is added: text, or what is known when it is added. Immutable.
 */
public sealed interface ValuePart
{
    /**
     * Text.
     *
     * @param bytes not changed afterwards.
     */
    record Text(byte[] bytes) implements ValuePart
    {
    }

    /**
     * Value of a field, the first of its name.
     *
     * @param name       of the field.
     * @param otherwise  another one where there is none, or null.
     * @param maxLength  bytes that are taken of it.
     * @param ofResponse whether it is one of the response, otherwise of the request.
     */
    record Field(HeaderKey name, HeaderKey otherwise, int maxLength, boolean ofResponse) implements ValuePart
    {
    }

    /**
     * The path of the request, or a field that holds one.
     *
     * @param field     with the field that is taken where the first is missing or empty; it is not cut.
     * @param hasQuery  whether the query is part of it.
     * @param maxLength bytes that are taken of it.
     */
    record Path(Field field, boolean hasQuery, int maxLength) implements ValuePart
    {
    }

    /**
     * Value of a parameter of the query, the first of its name, without percent-encoding but for control characters.
     *
     * @param name      without percent-encoding, not changed afterwards.
     * @param maxLength bytes that are taken of it.
     */
    record Parameter(byte[] name, int maxLength) implements ValuePart
    {
        /** What has the query. */
        public static final Field PATH = new Field(new HeaderKey(":path"), null, Integer.MAX_VALUE, false);
    }

    /**
     * What the client's connection tells of its TLS; nothing where there is none.
     *
     * @param item      of {@code TlsReport}.
     * @param maxLength bytes that are taken of it.
     */
    record Tls(int item, int maxLength) implements ValuePart
    {
    }

    /** What is known of connection and route; nothing where it does not exist. */
    enum Known implements ValuePart
    {
        /** The client's address with its port. */
        REMOTE_ADDRESS,
        /** The client's address. */
        REMOTE_ADDRESS_WITHOUT_PORT,
        /** The address of the peer itself, with its port. */
        DIRECT_ADDRESS,
        /** The address of the peer itself. */
        DIRECT_ADDRESS_WITHOUT_PORT,
        /** HTTP/1.1 and the like. */
        PROTOCOL,
        /** Name of the route. */
        ROUTE_NAME,
        /** Name of the cluster. */
        CLUSTER
    }
}
