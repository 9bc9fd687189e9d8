package dev.ringway.engine.exchange;

import dev.ringway.codecs.http.Grpc;
import dev.ringway.codecs.http.HeaderName;
import dev.ringway.codecs.http.MessageHead;
import dev.ringway.codecs.http.ResponseHead;
import dev.ringway.engine.filter.HeadStore;
import dev.ringway.engine.memory.LoopMemory;
import dev.ringway.engine.upstream.HeaderEdits;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * The response head that filters see: one that an endpoint sent, which moves here when it grows or waits, or one written
 * here for an answer that is made here. Reused with its {@link FilterRun}. Loop thread only.
 */
final class ResponseStore implements HeadStore
{
    private final LoopMemory memory;
    private final HeadBlock block;
    private final UnsafeBuffer line;
    private final HeadEdits editor;
    private ResponseHead own;
    private ResponseHead shown;
    private boolean isWritten;

    /**
     * @param memory of the loop.
     * @param line   lent for each field that is written here, see {@link FilterPools#line}.
     * @param editor of the loop.
     */
    ResponseStore(final LoopMemory memory, final UnsafeBuffer line, final HeadEdits editor)
    {
        this.editor = editor;
        this.memory = memory;
        this.line = line;
        block = new HeadBlock(memory);
    }

    /** Shows an endpoint's head, valid during the call. */
    ResponseHead show(final ResponseHead head)
    {
        shown = head;
        return head;
    }

    /** What is shown. */
    ResponseHead head()
    {
        return shown;
    }

    /** Whether an answer made here is shown. */
    boolean isWritten()
    {
        return isWritten;
    }

    /** Keeps what is shown beyond the call; false when memory has run out. */
    boolean keep()
    {
        if (!block.keep(shown))
        {
            return false;
        }
        own().copy(shown);
        shown = own;
        return true;
    }

    private ResponseHead own()
    {
        if (own == null)
        {
            own = new ResponseHead(Exchanges.MAX_HEADERS);
        }
        return own;
    }

    /**
     * Has what is shown lose and gain fields, so that filters see it as if it had come like that.
     *
     * @param edits what becomes of the head; fields of one connection stay, which its end is to drop.
     * @return false when memory has run out or there is no room for them.
     */
    boolean take(final HeaderEdits edits)
    {
        return editor.edit(shown, this, edits, HeaderEdits.HOP_BY_HOP);
    }

    /**
     * Writes the head of an answer made here.
     *
     * @param edits what it has beside status and text.
     * @return false when memory has run out.
     */
    boolean write(final int status, final byte[] body, final int grpcStatus, final HeaderEdits edits)
    {
        final ResponseHead head = own();
        head.reset(memory.slab().buffer());
        head.http2(true);
        shown = head;
        final boolean isGrpc = grpcStatus != Exchanges.NOT_GRPC;
        final int code = isGrpc ? Grpc.HTTP_STATUS : status;
        head.status(code, 0, 0);
        boolean isGood = true;
        if (isGrpc)
        {
            isGood = add(head, HeaderName.CONTENT_TYPE, ResponseHeaderRules.GRPC) &&
                addNumber(head, HeaderName.GRPC_STATUS, grpcStatus) && addMessage(head, body);
            head.body(0, false);
        }
        else if (!head.bodyless())
        {
            isGood = body.length == 0 || addNumber(head, HeaderName.CONTENT_LENGTH, body.length) &&
                (edits.find(HeaderName.CONTENT_TYPE, null) >= 0 ||
                    add(head, HeaderName.CONTENT_TYPE, ResponseHeaderRules.TEXT_PLAIN));
            head.body(body.length, false);
        }
        isWritten = isGood && take(edits);
        return isWritten;
    }

    private boolean addMessage(final ResponseHead head, final byte[] message)
    {
        final int length = Grpc.messageLength(message);
        if (length == 0 || length > ResponseHeaderRules.MAX_MESSAGE_LENGTH)
        {
            return true;
        }
        final int at = begin(HeaderName.GRPC_MESSAGE);
        return finish(head, HeaderName.GRPC_MESSAGE, at, Grpc.putMessage(message, line.byteArray(), at));
    }

    private boolean add(final ResponseHead head, final int nameId, final byte[] value)
    {
        final int at = begin(nameId);
        line.putBytes(at, value);
        return finish(head, nameId, at, at + value.length);
    }

    private boolean addNumber(final ResponseHead head, final int nameId, final int value)
    {
        final int at = begin(nameId);
        return finish(head, nameId, at, at + line.putIntAscii(at, value));
    }

    private int begin(final int nameId)
    {
        final byte[] name = HeaderName.bytes(nameId);
        line.putBytes(0, name);
        line.putByte(name.length, (byte)':');
        line.putByte(name.length + 1, (byte)' ');
        return name.length + 2;
    }

    private boolean finish(final ResponseHead head, final int nameId, final int start, final int end)
    {
        line.putByte(end, (byte)'\r');
        line.putByte(end + 1, (byte)'\n');
        final int at = append(head, line.byteArray(), end + 2);
        return at >= 0 && head.headers().addCanonical(at, start - 2, end - start, nameId);
    }

    /**
     * {@inheritDoc}
     */
    public int append(final MessageHead head, final byte[] bytes, final int length)
    {
        return block.append(head, bytes, length);
    }

    void end()
    {
        block.end();
        shown = null;
        isWritten = false;
    }
}
