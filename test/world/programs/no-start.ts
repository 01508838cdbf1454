/** A thread that can't even start. */
export default Promise.reject(new Error('the solver could not be loaded'));
