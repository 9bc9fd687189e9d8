package dev.ringway.engine.accesslog;

/**
 * Where things are in an {@link AccessRecord}; native byte order.
 * <pre>
 *   0        4        5        6        8                16               24
 *  +--------+--------+--------+--------+----------------+----------------+
 *  | length |protocol| method | status |born|call,protocol|logs start time|
 *  +--------+--------+--------+--------+----------------+----------------+ 24
 *  | duration        | bytes received  | bytes sent     | connection id  |
 *  +--------+--------+--------+--------+--------+-------+----------------+ 56
 *  | flags  |truncatd| detail |cluster | route  |service| request bytes..|
 *  +--------+--------+--------+--------+--------+-------+----------------+ 88
 *  | request duration| response durat. |attempts| gRPC  |
 *  +-----------------+-----------------+--------+-------+ 112
 *  | sending began   | sending ended   | id to endpoint |
 *  +-----------------+-----------------+----------------+ 136
 *  | 5 socket addresses of 32 bytes                      |
 *  +-----------------------------------------------------+ 296
 *  | 14 times offset (16 bits), length (16 bits) of text |
 *  +-----------------------------------------------------+ 352
 *  | offset of the field that was added last, or 0       |
 *  +-----------------------------------------------------+ 356
 *  | logs times index (16 bits), conditions (16 bits)    |
 *  +-----------------------------------------------------+
 *  | texts, and fields: offset of the one before (16     |
 *  | bits), length (16 bits), name (32 bits), value      |
 *  +-----------------------------------------------------+ length
 * </pre>
 */
final class AccessRecordLayout
{
    static final int LENGTH_OFFSET = 0;
    static final int PROTOCOL_OFFSET = 4;
    static final int METHOD_ID_OFFSET = 5;
    static final int STATUS_OFFSET = 6;
    static final int SINKS_BORN_OFFSET = 8;
    static final int CALL_OFFSET = 12;
    static final int UPSTREAM_PROTOCOL_OFFSET = 13;
    static final int SINK_COUNT_OFFSET = 14;
    static final int START_TIME_US_OFFSET = 16;
    static final int DURATION_US_OFFSET = 24;
    static final int BYTES_RECEIVED_OFFSET = 32;
    static final int BYTES_SENT_OFFSET = 40;
    static final int CONNECTION_ID_OFFSET = 48;
    static final int FLAGS_OFFSET = 56;
    static final int TRUNCATED_OFFSET = 60;
    static final int DETAIL_ID_OFFSET = 64;
    static final int CLUSTER_NAME_ID_OFFSET = 68;
    static final int ROUTE_NAME_ID_OFFSET = 72;
    static final int UPSTREAM_SERVICE_TIME_MS_OFFSET = 76;
    static final int REQUEST_HEADER_BYTES_OFFSET = 80;
    static final int RESPONSE_HEADER_BYTES_OFFSET = 84;
    static final int REQUEST_DURATION_US_OFFSET = 88;
    static final int RESPONSE_DURATION_US_OFFSET = 96;
    static final int ATTEMPTS_OFFSET = 104;
    static final int GRPC_STATUS_OFFSET = 108;
    static final int SENDING_US_OFFSET = 112;
    static final int SENT_US_OFFSET = 120;
    static final int UPSTREAM_CONNECTION_ID_OFFSET = 128;
    static final int ADDRESSES_OFFSET = 136;
    static final int ADDRESS_LENGTH = 32;
    static final int TEXTS_OFFSET = ADDRESSES_OFFSET + 5 * ADDRESS_LENGTH;
    static final int LAST_FIELD_OFFSET = TEXTS_OFFSET + AccessText.COUNT * Integer.BYTES;
    static final int FIELD_LENGTH_OFFSET = 2;
    static final int FIELD_ID_OFFSET = 4;
    static final int FIELD_VALUE_OFFSET = 8;
    static final int FIELD_LENGTH_MASK = 0x7FFF;
    static final int FIELD_IS_CUT = 0x8000;

    private AccessRecordLayout()
    {
    }
}
