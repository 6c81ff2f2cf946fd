const { app, output } = require('@azure/functions');

app.storageQueue('collect', {
  queueName: '%QUEUE%',
  connection: 'SAMPLE_STORAGE',
  handler: async (message, context) => {
    const { id, dequeueCount, popReceipt, insertionTime, queueTrigger } = context.triggerMetadata;
    context.log(JSON.stringify({ message, id, dequeueCount, queueTrigger }));
    if (message === 'facts?') context.log(JSON.stringify([popReceipt, insertionTime].map((fact) => typeof fact)));
    if (message.fail) throw new Error('told to fail');
    if (message.die) setTimeout(() => Promise.reject(new Error('told to die')));
    if (message.die) await new Promise(() => undefined);
    if (message.hold) await new Promise((resolve) => setTimeout(resolve, message.hold));
  },
});

const many = output.storageQueue({ queueName: '%OUT%', connection: 'SAMPLE_STORAGE' });
app.http('sends', {
  route: 'sends/{kind}',
  extraOutputs: [many],
  handler: (request, context) => {
    const values = { text: 'plain', array: ['a', { b: 1 }], object: { c: 2 } };
    context.extraOutputs.set(many, values[request.params.kind]);
    return { status: 202 };
  },
});

const nowhere = output.storageQueue({ queueName: 'Not_A_Queue_Name', connection: 'SAMPLE_STORAGE' });
app.http('sends-nowhere', {
  extraOutputs: [nowhere],
  handler: (_, context) => {
    context.extraOutputs.set(nowhere, 'lost');
    return { status: 202 };
  },
});
