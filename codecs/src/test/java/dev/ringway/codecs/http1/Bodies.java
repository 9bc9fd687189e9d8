package dev.ringway.codecs.http1;

import org.agrona.concurrent.UnsafeBuffer;

/** Drives a body decoder over input cut into pieces, and says in one line what came out. */
final class Bodies
{
    private Bodies()
    {
    }

    /** Starts a decoder on a kind of body. */
    interface Start
    {
        void on(Http1BodyDecoder decoder);
    }

    /**
     * Decodes input cut at given offsets; at each cut another decoder takes over from the state of the one before.
     *
     * @return data, a state (done, trailers, more or the name of an error) and the number of bytes consumed; after an
     *     error the bytes before the piece of input it was found in do not matter, so none are told.
     */
    static String decode(final byte[] input, final Start start, final int... cuts)
    {
        Http1BodyDecoder decoder = new Http1BodyDecoder();
        start.on(decoder);
        final StringBuilder data = new StringBuilder();
        int at = 0;
        for (int i = 0; i <= cuts.length; i++)
        {
            final int end = i == cuts.length ? input.length : cuts[i];
            final UnsafeBuffer piece = new UnsafeBuffer(input, 0, end);
            while (at < end)
            {
                final int consumed = decoder.decode(piece, at, end - at);
                if (consumed < 0)
                {
                    return data + "|" + Http1Error.name(consumed);
                }
                data.append(Bytes.text(piece, decoder.dataOffset(), decoder.dataLength()));
                if (consumed == 0)
                {
                    return data + state(decoder, "|stuck|") + at;
                }
                at += consumed;
            }

            final Http1BodyDecoder next = new Http1BodyDecoder();
            next.restore(decoder.state(), decoder.remaining(), decoder.extensionLength());
            decoder = next;
        }

        return data + state(decoder, "|more|") + at;
    }

    private static String state(final Http1BodyDecoder decoder, final String otherwise)
    {
        return decoder.complete() ? "|done|" : decoder.inTrailers() ? "|trailers|" : otherwise;
    }

    /** All offsets inside the input: byte by byte. */
    static int[] everywhere(final byte[] input)
    {
        final int[] cuts = new int[Math.max(0, input.length - 1)];
        for (int i = 0; i < cuts.length; i++)
        {
            cuts[i] = i + 1;
        }

        return cuts;
    }
}
